# --- The embedded scheduler
#
# There is no daemon: the jobs that wait do the waiting.  A job has a ticket
# in BASE/queue until it begins; the first in the queue takes the next free
# slot of this machine, a lock.

spawn () {
	ids=1
	job=$run
	while grep -qsx "local $job .*" "$dir/jobs"
	do
		ids=$((ids + 1))
		job=$run.$ids
	done
	# The answer is complete when the job, detached, lets go of its end.
	answer=$(
		${has_setsid:+setsid} "$helper_dir/gitbatch" wait-turn "$job" -- \
			"$@" </dev/null 2>"$dir/spawn.tmp" 3>&- 9>&- &
	)
	test -n "$answer" || die "the job could not be started: $(cat "$dir/spawn.tmp")"
	rm -f "$dir/spawn.tmp"
	printf '%s\n' "$answer"
}

wait_turn () {
	# JOB -- COMMAND...
	GITBATCH_JOB="local $1" GITBATCH_PARENT=" local:$run/$1:$1 "
	export GITBATCH_JOB GITBATCH_PARENT
	job=$GITBATCH_JOB
	ticket=$base/queue/$1
	shift 2
	process $$
	me=$process
	test -d "$base/queue" || mkdir -p "$base/queue"
	publish "$ticket" "$me" || die "there is no place in $base/queue: $trouble"
	printf '%s %s\n' "$job" "$me" >>"$dir/jobs" || {
		rm -f "$ticket"
		exit 1
	}
	# shellcheck disable=SC2064 # they are meant now
	trap 'leave_queue; exit 143' HUP INT TERM
	setting localSlots "$(processors)"
	slots=$value
	place_of "${job#local }"
	if take_slot
	then
		printf 'job %s is running\n' "$job"
	else
		printf 'job %s waits for its turn: place %s\n' "$job" "$place"
	fi
	exec >>"$dir/log" 2>&1
	until test -n "$slot" || take_slot
	do
		pause "$(patience)" &
		wait "$!"
		place_of "${job#local }"
	done
	run_job "$@"
}

leave_queue () {
	leaving=$me
	rm -f "$ticket" ${slot:+"$slot"}
	settle_run >/dev/null 2>&1
}

patience () {
	# Seconds: the next in the queue looks more often than those behind it.
	if test "$place" -lt 3
	then
		echo 0.2
	else
		echo "$((place < 20 ? place / 3 : 5))"
	fi
}

processors () {
	getconf _NPROCESSORS_ONLN 2>/dev/null || nproc 2>/dev/null || echo 1
}

take_slot () {
	# The first in the queue only, so that hardly ever two look at one slot
	test "$place" = 1 || return 1
	slot='' number_of_slot=0
	while test "$number_of_slot" -lt "$slots"
	do
		number_of_slot=$((number_of_slot + 1))
		slot=$base/queue/slot.$number_of_slot.$machine
		if test -f "$slot"
		then
			read -r owner <"$slot" 2>/dev/null && ! gone "$owner" && continue
			take_away "$slot" "$owner" || continue
		fi
		publish "$slot" "$me" && return
	done
	slot=
	return 1
}

free_slots () {
	# Those of jobs that were killed and could not do it themselves
	for file in "$base/queue"/slot.*
	do
		{ read -r owner <"$file"; } 2>/dev/null || continue
		! gone "$owner" || take_away "$file" "$owner"
	done
}
