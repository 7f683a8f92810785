# --- Turns in the embedded scheduler

# sets: slot told_to_leave
take_turn () {
	# JOB turn:SLOT -- COMMAND...: as the process that has waited.  One that was
	# told to leave has "yes" there, and may have no slot.
	be_local "$1"
	slot=${2#*:}
	trap 'told_to_leave=yes' HUP INT TERM
	case "$2" in
	yes:*) told_to_leave=yes ;;
	esac
	shift 3
	test -z "$told_to_leave" || leave_queue
	run_job "$@"
}

# sets: leaving
leave_queue () {
	# The owner's word for it becomes the run's own.
	is_unwanted
	leaving=$me
	rm -f "$ticket" ${slot:+"$slot"}
	announce "$run"
	settle_run >/dev/null 2>&1
	exit 143
}

# sets: lined_up place
line_up () {
	# Sets the places of all that wait on this machine, with the queue read once
	lined_up=yes place=0
	set -- "$base/queue"/[0-9]*
	# shellcheck disable=SC2012,SC2046 # the names are ours
	test $# -lt 2 || set -- $(ls "$base/queue" | sort -t . -k 1,1n -k 2,2n)
	for other
	do
		other=${other##*/}
		is_job_id "$other" && waits_here "$other" && still_waits "$other" ||
			continue
		place=$((place + 1))
		queue_key "$other"
		eval "place_$key=$place"
	done
}

# sets: owner
free_slots () {
	# Those of jobs that were killed and could not do it themselves
	for file in "$base/queue"/slot.*
	do
		{ read -r owner <"$file"; } 2>/dev/null || continue
		! gone "$owner" || take_away "$file" "$owner"
	done
}
