# --- What is going on

report () {
	# One line for run $run: fields are separated by tabs.
	judge
	test "$state" != absent || return 0
	branch='' commit='' result=
	field "$dir/request" branch && branch=$value
	field "$dir/request" commit && commit=$value
	field "$dir/delivered" result && result=$value
	one_line "$reason"
	printf 'run=%s\tstate=%s\tended=%s\tbranch=%s\tcommit=%s\tsince=%s\texit=%s\tjob=%s\tresult=%s\treason=%s\n' \
		"$run" "$state" "$ended" "$branch" "$commit" "$since" "$exit" \
		"$job" "$result" "$one_line"
}

each_active () {
	# COMMAND...: with $run and $dir set to every run that is not settled
	for active in "$base/active"/*
	do
		run=${active##*/}
		number "$run" || continue
		dir=$base/runs/$run
		"$@"
	done
}

head_line () {
	# Says which history goes with it, so that nobody fetches in vain.
	clock
	printf 'gitbatch\tnow=%s\tversion=%s\tlog=%s\n' "$epoch" "$version" \
		"$(bare rev-parse refs/gitbatch/log)"
}

status () {
	head_line
	if test $# -gt 0
	then
		for run
		do
			find_run "$run"
			report
			settle_soon
		done
	else
		each_active report
		settle_others ''
	fi
	echo end
}

watch () {
	# Until standard input ends, which is how a dropped connection is noticed
	exec 5<&0
	{
		cat <&5 >/dev/null
		kill $$
	} 2>/dev/null &
	exec 5<&-
	before='' known='' beats=0
	while :
	do
		now_lines=$(each_active report)
		# A run may come and go between two looks, but not without a record.
		{ read -r tip <"$repo/refs/gitbatch/log" || tip=; } 2>/dev/null
		test "$tip$now_lines" = "$known$before" &&
		test "$((beats % 20))" != 0 || {
			head_line
			left_runs "$before" "$now_lines"
			test -z "$now_lines" || printf '%s\n' "$now_lines"
			echo end
			settle_others ''
		}
		before=$now_lines known=$tip
		beats=$((beats + 1))
		pause 0.5
	done
}

left_runs () {
	# BEFORE NOW: the runs that are settled since, once more
	while IFS=$tab read -r run rest
	do
		run=${run#run=}
		number "$run" || continue
		dir=$base/runs/$run
		case "$newline$2" in
		*"${newline}run=$run$tab"*) ;;
		*) report ;;
		esac
	done <<-EOT
	$1
	EOT
}

