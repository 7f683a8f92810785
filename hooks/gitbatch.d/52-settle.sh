# --- Settling

settling_takes=30 # seconds, at most, until another one is asked to come again

settle_run () {
	# [STATE [EXIT [REASON]]]: idempotent; 3 where the run has not ended.
	settle_once "$@"
	settled=$?
	test "$settled" = 3 || return "$settled"
	# Nobody who settles it, too, waits for a scheduler.
	if seems_over && search
	then
		settle_once
		settled=$?
	elif seems_over
	then
		postpone
	fi
	test "$settled" != 3 || echo "run $run has not ended: $state_so_far"
	return "$settled"
}

# sets: me
settle_once () {
	test "$has_git" = yes || {
		echo "run $run is settled where there is git: none is on the PATH here"
		return 1
	}
	keeps_lists || {
		echo "run $run can not be settled yet: sh has no room for its temporary files in ${TMPDIR:-/tmp}"
		return 1
	}
	check_own
	process $$
	me=$process
	lock "$dir/settling" "$settling_takes"
	case $? in
	1)
		rm -f "$dir/room.tmp"
		echo "run $run is being settled"
		return 1
		;;
	2)
		rm -f "$dir/room.tmp"
		one_line "$trouble"
		echo "run $run can not be settled yet: $one_line"
		return 1
		;;
	esac
	trap end_settling EXIT
	came_to=
	settle_locked "$@"
	settled=$?
	end_settling
	trap - EXIT
	test -z "$came_to" || tell_end
	return "$settled"
}

end_settling () {
	# Whoever asked for it has tried whether there is room, perhaps after the end.
	rm -f "$dir/settling" "$dir/$draft.tmp" "$dir/room.tmp"
}

# sets: came_to results settings state_so_far
settle_locked () {
	# [STATE [EXIT [REASON]]]: what a person says of the run
	reload_request || {
		echo "run $run was never accepted"
		return 1
	}
	case "${1:-}" in
	succeeded | failed | cancelled | lost) note_word "$@" ;;
	esac
	judge
	# What was asked when the job began may have been set otherwise since.
	results='' settings=
	field "$dir/settled" results && results=$value
	case "$ended:$results" in
	settled:undelivered*) ;;
	settled:*)
		rm -f "$base/active/$run" "$base/undelivered/$run"
		echo "run $run: $state"
		return 0
		;;
	no:*)
		! test -f "$dir/settled" || reopen
		state_so_far=$state
		deliver_early
		return 3
		;;
	esac
	before="$ended:$results"
	gather
	case "$before/$results" in
	settled:undelivered*/undelivered*)
		postpone
		sweep_temporaries
		echo "run $run: $state, its results are $results"
		return 1
		;;
	esac
	write_record || {
		heart_of "$trouble"
		postpone
		echo "run $run can not be settled yet: $one_line"
		return 1
	}
	deactivate
	came_to=$state
	echo "run $run: $state"
}

deactivate () {
	# Once the end is recorded; what is left in the queue is of jobs that were
	# killed there.
	free_slots
	rm -f "$base/active/$run" "$base/queue/$run" "$base/queue/$run".[0-9]* \
		"$base/undelivered/$run" "$dir/postponed"
	postpone_delivery
	announce "$run"
}

deliver_early () {
	# All that is known of the run is over; its scheduler has to be asked whether
	# that is all.  What there is doesn't wait for that.
	seems_over || return 0
	judge_finished
	gather
}

note_word () {
	# STATE [EXIT [REASON]]: of whatever of the run is not known better
	clock
	find_after
	find_asker
	one_line "${3:-}"
	mkdir -p "$dir/told" &&
	put "$dir/told/run" "state: $1
exit: ${2:-}
reason: $one_line
time: $now
by: $asker$said_after"
}

reopen () {
	# A run that seemed over has something to say after all.
	activate
	test ! -f "$dir/settled" || mv -f "$dir/settled" "$dir/settled.before"
	announce "$run"
}

postpone () {
	# The next contacts let it be for 10 s, 20 s and so on, an hour at most.
	tries=0
	! field "$dir/postponed" tries || tries=$value
	clock
	pause_now=$((tries < 8 ? 10 << tries : 3600))
	put "$dir/postponed" "tries: $((tries + 1))
until: $((epoch + pause_now))"
}

postpone_delivery () {
	# What there was no room for is tried again, by whoever comes next.
	case "$results" in
	undelivered*) ;;
	*) return 0 ;;
	esac
	printf '%s\n' "$results" | grep -qi "$of_the_disk" || return 0
	mkdir -p "$base/undelivered" &&
	printf '' >"$base/undelivered/$run" && postpone
}

# sets: elsewhere ignored ignored_bytes ignored_files place result results
# sets: trouble
gather () {
	# What the job left, committed and delivered.  A failed job's own commits
	# show on the branch; what it left half-done is only kept.
	results=none result='' place='' ignored='' warning='' trouble='' elsewhere=''
	ignored_files=0 ignored_bytes=0
	test -d "$dir/tree" || {
		recall_results
		return 0
	}
	if ! { open_for_results && gather_by_state; }
	then
		heart_of "$trouble"
		results="undelivered: $one_line"
		# No record may lead to what the repository doesn't have.
		result='' elsewhere=
	elif test -n "$result$elsewhere" || test -s "$dir/large"
	then
		results=delivered
	fi
	close_mirror
	note_delivery
}

# sets: place result results
recall_results () {
	# Of a run tree that is gone: it was pruned, or the job removed it.
	if field "$dir/delivered" result
	then
		result=$value results=delivered
		! field "$dir/delivered" place || place=$value
	elif test "$state" != rejected && test ! -f "$dir/settled" && test ! -f "$dir/settled.before"
	then
		warn 'its run tree was removed before its end, with whatever it had made there'
	fi
}

gather_by_state () {
	# Where nobody told of a job, only commits can be told from half-done work.
	if test "$begun" = 0 && test -z "$has_told"
	then
		bring_home yes
	elif test "$state" = succeeded
	then
		collect Results && bring_home yes
	else
		# No branch moves to what a settle of before committed of a failed job.
		own=yes
		test "$head" = "$commit" || {
			ask tree_git log -1 --format=%s || return 1
			test "$said" != "Partial results of run $run" || own=no
		}
		bring_home "$own" && collect 'Partial results' && bring_home no
	fi
}
