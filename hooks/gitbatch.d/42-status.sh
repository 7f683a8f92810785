# --- What is going on

# sets: result
report () {
	# One line for run $run: fields are separated by tabs.
	judge
	test "$state" != absent || return 0
	result=
	field "$dir/delivered" result && result=$value
	test "$state" != queued || test -z "$next_local" || {
		place_of "$next_local"
		reason="place $place in the queue of this machine"
	}
	one_line "$reason"
	own=
	is_own || own="$tab"own=no
	printf 'run=%s\tstate=%s\tended=%s\tbranch=%s\tcommit=%s\tsince=%s\texit=%s\tjob=%s\tresult=%s\treason=%s\tjobs=%s\tleft=%s\tstarted=%s\tfinished=%s\tstuck=%s%s\n' \
		"$run" "$state" "$ended" "$branch" "$commit" "$since" "$exit" \
		"$job" "$result" "$one_line" "$known" "$left" "$first" "$last" "$stuck" "$own"
}

# sets: dir run
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
	read_tip || tip=$(bare rev-parse refs/gitbatch/log)
	printf 'gitbatch\tnow=%s\tversion=%s\tlog=%s\ttoken=yes\tsweep=yes\n' \
		"$epoch" "$version" "$tip"
}

# sets: tip
read_tip () {
	# The newest record, unless git keeps that somewhere else: a file needs no process.
	tip=
	{ read -r tip <"$repo/refs/gitbatch/log"; } 2>/dev/null
}

# sets: run
status () {
	head_line
	line_up
	if test $# -gt 0
	then
		for run
		do
			find_run "$run"
			look
		done
	else
		each_active look
	fi
	heed_soon
	echo end
}

look () {
	report
	settle_soon
}

# sets: listener
end_with_input () {
	# Ends this when standard input does, which is how a dropped connection is
	# noticed.  Sets $listener, the process that does it.
	exec 5<&0
	{
		cat <&5 >/dev/null
		kill $$
	} 2>/dev/null &
	listener=$!
	exec 5<&-
}

# sets: before known_change
watch () {
	end_with_input
	setting watchseconds 0
	nap=$value turns=1
	# At least every 10 s something is said.
	case "$nap" in
	0) nap=0.5 turns=20 ;;
	[1-9]) turns=$((10 / nap)) ;;
	*) nap=10 ;;
	esac
	before='' known_change='' beats=0 patience=0
	heed_soon
	while :
	do
		if test "$((beats % turns))" = 0
		then
			look_at_all
			tell_what_is
		elif test "$patience" -gt 0
		then
			patience=$((patience - 1))
		elif something_changed
		then
			look_at_all
			test "$now_lines" = "$before" || tell_what_is
		fi
		beats=$((beats + 1))
		pause "$nap"
	done
}

# sets: change
something_changed () {
	# By what each writer touches, and the history: to look at the runs
	# themselves twice a second would cost more than all that is going on.
	{ read -r change <"$base/runs/.changed" || change=; } 2>/dev/null
	# A run may come and go between two looks, but not without a record.
	read_tip
	test "$change $tip" != "$known_change"
}

# sets: known_change now_lines patience
look_at_all () {
	# Where there are many runs, it is for longer that nobody looks again.
	something_changed
	known_change="$change $tip"
	now_lines=$(
		line_up
		each_active report
	)
	set -- "$base/active"/*
	patience=$(($# / 100))
}

# sets: before
tell_what_is () {
	head_line
	left_runs "$before" "$now_lines"
	test -z "$now_lines" || printf '%s\n' "$now_lines"
	echo end
	before=$now_lines
	settle_ended
}

# sets: dir ended run state
settle_ended () {
	while IFS=$tab read -r run state ended line
	do
		run=${run#run=} ended=${ended#ended=}
		test "$ended" = yes || continue
		dir=$base/runs/$run
		settle_soon
	done <<-EOT
	$now_lines
	EOT
}

# sets: dir run
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

