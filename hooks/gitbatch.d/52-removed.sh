# --- A run whose directory was removed

# sets: dir run
was_removed () {
	# RUN: sets $run and $dir
	run=${1##*#}
	dir=$base/runs/$run
	number "$run" && test -f "$base/active/$run" && test ! -d "$dir"
}

# sets: submitted
settle_removed () {
	# Its end is noted where its beginning was: in the history.
	ask bare log -1 --format=%B --all-match --grep="^Run: $run\$" \
		--grep='^State: submitted$' refs/gitbatch/log || {
		heart_of "$trouble"
		echo "run $run can not be settled yet: $one_line"
		return 1
	}
	submitted=$said
	test -n "$submitted" || {
		rm -f "$base/active/$run"
		echo "run $run was never accepted"
		return
	}
	mkdir -p "$dir" && put "$dir/request" "run: $run
$(printf '%s\n' "$submitted" | sed -n '
	s/^Branch: /branch: /p
	s/^Commit: /commit: /p
	s/^Tree: /tree: /p
	s/^Subject: /subject: /p
	s/^Submitter: /submitter: /p
	s/^Origin: /origin: /p
	s/^Sweep: /sweep: /p
	s/^Time: /time: /p')" && settle_run lost '' 'its directory was removed'
}
