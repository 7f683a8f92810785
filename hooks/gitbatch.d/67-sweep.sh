# --- Sweeps
#
# Many runs of one commit, each with parameters of its own, in one go.  A sweep
# may have to be tried several times.  Its KEY, which the client makes of what
# is wanted, sees to it that each of its rows is one run all the same:
# runs/.sweep.KEY has a line "ROW RUN" for each that has begun; of a row
# that was interrupted before its schedule.sh, the last line counts.
#
# What failed of a sweep is run again by clients that each saw another part of
# it fail.  runs/.sweep.again.SWEEP has their lines, "OLD RUN", whatever the KEY.

# sets: claimed dir lanes pids room share submitter
start_sweep () {
	# Reads key=, branch=, commit=, and what may be left out: sweep=, the one
	# that is added to, and at-most=; then for each row a line row=NUMBER (and
	# "of RUN" where it is that one again) with lines option=NAME=VALUE; and
	# end.  Prints a line a row.
	read_wanted
	account_environment
	describe || die "$trouble"
	leave_newer "$git_version"
	share=0 room=0
	find_asker
	submitter=$asker
	count_processors
	lanes=$((processors * 2))
	# So that not every job that waits on this machine has to find it out
	setting localslots "$((lanes / 2))"
	GITBATCH_SLOTS="$machine $value"
	export GITBATCH_SLOTS
	claimed='' claims=0 row='' shown='' pids=
	each_row
	start_claimed
	rm -f "$wanted" "$begun.lock"
	# What is missing in one of the run trees is missing in all.
	dir=$base/runs/$sweep
	warn_of_gaps 3>&1
	printf 'end\tsweep=%s\n' "$sweep"
	settle_waiting
}

# sets: at_most branch commit key sweep wanted
read_wanted () {
	# Nothing is begun before all of it has come.
	key='' branch='' commit='' sweep='' at_most=
	wanted=$base/runs/.sweep.wanted.$$.tmp
	cat >"$wanted" || die "$base/runs can not be written"
	test "$(tail -n 1 "$wanted")" = end || {
		rm -f "$wanted"
		die 'the connection was cut: nothing was started'
	}
	while IFS= read -r line
	do
		case "$line" in
		key=*) key=${line#*=} ;;
		branch=*) branch=${line#*=} ;;
		commit=*) commit=${line#*=} ;;
		sweep=*) sweep=${line#*=} ;;
		at-most=*) at_most=${line#*=} ;;
		*) break ;;
		esac
	done <"$wanted"
	why=$(objection_to_wanted) || {
		rm -f "$wanted"
		die "$why"
	}
	open_sweep
}

# sets: key
objection_to_wanted () {
	# Prints why they can't be, and fails
	case "${#key}:$key" in
	32:*[!0-9a-f]*) ;;
	32:*) key=good ;;
	esac
	test "$key" = good || {
		echo 'a sweep has a key of 32 hexadecimal digits'
		return 1
	}
	number "${sweep:-1}" && number "${at_most:-1}" && test "${at_most:-1}" -gt 0 || {
		echo 'sweep= and at-most= take a number'
		return 1
	}
	bare check-ref-format "refs/heads/$branch" || {
		echo "$branch is no name of a branch"
		return 1
	}
	bare cat-file -e "$commit^{commit}" 2>/dev/null || {
		echo "there is no commit $commit here"
		return 1
	}
}

# sets: begun me run sweep
open_sweep () {
	# Sets $begun, a file that is ours alone from here on, $begun_ROW for what
	# has begun, and $sweep
	begun=$base/runs/.sweep.$key
	test -z "$sweep" || ! grep -q '^row=[0-9]* of ' "$wanted" ||
	begun=$base/runs/.sweep.again.$sweep
	process $$
	me=$process
	lock "$begun.lock" 300
	case $? in
	1) die 'another process has been starting this sweep for 5 minutes' ;;
	2) die "$trouble" ;;
	esac
	test -z "$died" || rm -f "$base/runs/.sweep.wanted.${owner%% *}.tmp" \
		"$begun".*.tmp
	printf '' >>"$begun" || die "$begun can not be written"
	while read -r row run
	do
		number "$row" && number "$run" || continue
		test -n "$sweep" || sweep=$run
		eval "begun_$row=\$run older_$run=\$row"
	done <"$begun"
}
