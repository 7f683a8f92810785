# --- The lanes of a sweep
#
# Runs that were claimed are recorded at once, and start side by side.

# sets: lane pids reason
start_claimed () {
	# Records the runs that were claimed, at once, and starts them side by side
	test -n "$claimed" || return 0
	# shellcheck disable=SC2086 # numbers
	wait $pids
	check_requests
	reason=
	exclusively record_claimed || reason="the run could not be recorded: $trouble"
	make_places
	lane=0 pids=
	while test "$lane" -lt "$lanes"
	do
		start_lane </dev/null 3>/dev/null &
		pids="$pids $!" lane=$((lane + 1))
	done
	# shellcheck disable=SC2086 # numbers
	wait $pids
	claimed='' claims=0 pids=
}

check_requests () {
	for each in $claimed
	do
		test -f "$base/runs/${each#*:}/request" ||
		die "$base/runs/${each#*:} can not be written, is its disk full or a quota reached?"
	done
}

make_places () {
	# The folders of their run trees, by one program; who fails says so later.
	set --
	for each in $claimed
	do
		git=$base/runs/${each#*:}/tree/.git
		set -- "$@" "$git/objects/info" "$git/refs"
	done
	mkdir -p "$@" 2>/dev/null
}

# sets: dir options origin reason row run
start_lane () {
	# Every so manieth of the claimed runs
	turn=0 unrecorded=$reason
	for each in $claimed
	do
		test "$((turn % lanes))" != "$lane" || {
			row=${each%:*} run=${each#*:} reason=$unrecorded
			dir=$base/runs/$run
			eval "origin=\$origin_$run options=\$options_$run"
			start_in_lane
		}
		turn=$((turn + 1))
	done
}

# sets: reason trouble
start_in_lane () {
	test -n "$reason" || {
		trouble="$dir can not be written"
		{ fill_tree >/dev/null 2>&1 || trouble=$(fill_tree 2>&1); } &&
		name_author "$dir/tree/.git/config" 2>/dev/null ||
		reason="the commit could not be checked out: $trouble"
	}
	schedule_or_reject
	field "$dir/scheduled" exit || return 0
	test "$value" = 0 || (as_begun "$helper_dir/gitbatch" settle "$run") >/dev/null
	tell_row "$value" now
}

# sets: keep log ours trouble
record_claimed () {
	# One try to append a record for each of the claimed runs to the history
	ask_ids bare rev-parse refs/gitbatch/keep refs/gitbatch/log || return 1
	keep=${said%%"$newline"*} log=${said#*"$newline"}
	ours=refs/gitbatch/sweep-$key
	trouble=$(records_of_claimed | become_bare fast-import --quiet --force 2>&1) &&
	trouble=$(become_bare -c core.filesRefLockTimeout=100 update-ref --stdin 2>&1 <<-EOT
		update refs/gitbatch/keep $ours-keep $keep
		update refs/gitbatch/log $ours-log $log
		delete $ours-keep
		delete $ours-log
		EOT
	)
}

# sets: options run
records_of_claimed () {
	begin_record "$ours-keep" "run ${claimed##*:}" "$keep"
	test "$keep" = "$commit" || printf 'merge %s\n' "$commit"
	printf 'deleteall\n'
	parent=$log
	for each in $claimed
	do
		run=${each#*:}
		eval "origin=\$origin_$run options=\$options_$run"
		lines_of Option "$options"
		begin_record "$ours-log" "run $run submitted

Run: $run
State: submitted
Branch: $branch
Commit: $commit
Tree: $tree
Subject: $subject
Submitter: $submitter
Origin: $origin
Time: $now
Sweep: $sweep$lines" "$parent"
		printf 'deleteall\n'
		parent=
	done
}

begin_record () {
	# REF MESSAGE PARENT, for fast-import.  No line of a record is this mark.
	author_now
	printf 'commit %s\n' "$1"
	printf 'author %s\n' "$author"
	printf 'committer %s\n' "$author"
	printf 'data <<END-OF-RECORD\n%s\nEND-OF-RECORD\n' "$2"
	test -z "$3" || printf 'from %s\n' "$3"
}
