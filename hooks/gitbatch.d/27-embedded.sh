# --- The embedded scheduler
#
# There is no daemon: the jobs that wait do the waiting.  A job has a ticket
# in BASE/queue until it begins; the first in the queue takes the next free
# slot of this machine, a lock.  Of a sweep that may take only some of them,
# the ticket and the slots name the sweep, and how many that are.  Many may
# wait at once, so each of them has read no more of this program than that takes.

# sets: job looks slots told_to_leave
wait_turn () {
	# JOB -- COMMAND...: returns where it need not wait
	be_local "$1"
	export GITBATCH_JOB GITBATCH_PARENT
	take_ticket
	# In a trap, bash gives a return without a number the status from before it:
	# nothing is settled there.
	trap 'told_to_leave=yes' HUP INT TERM
	slots='' looks=0
	case "${GITBATCH_SLOTS:-}" in
	"$machine "*) slots=${GITBATCH_SLOTS#* } ;;
	esac
	unset GITBATCH_SLOTS
	place_by_name "$1"
	test "$place" -gt 9 || place_of "$1"
	if take_slot
	then
		printf 'job %s is running\n' "$job"
		exec >>"$dir/log" 2>&1
		return
	fi
	printf 'job %s waits for its turn: place %s\n' "$job" "$place"
	exec >>"$dir/log" 2>&1
	until is_told || take_slot
	do
		patience
		sleep "$next_look" 2>/dev/null &
		wait "$!" || test -n "$told_to_leave" || pause 1
		place_of "$1"
	done
	# That may have taken days, and there may be another program by now.
	job=$1
	shift
	as_begun "$helper_dir/gitbatch" wait-turn "$job" "${told_to_leave:-turn}:$slot" "$@"
}

# sets: job me ticket
be_local () {
	# JOB
	GITBATCH_JOB="local $1" GITBATCH_PARENT=" local:$run/$1:$1 "
	job=$GITBATCH_JOB
	ticket=$base/queue/$1
	process $$
	me=$process
}

# sets: sweep_limit
take_ticket () {
	test -d "$base/queue" || mkdir -p "$base/queue"
	sweep_limit=
	! field "$dir/request" at-most || {
		sweep_limit=$value
		field "$dir/request" sweep
		sweep_limit="$value $sweep_limit"
	}
	# Of those that come at once, each has a number of its own, and nobody takes
	# notice of a ticket without a name: it need not appear whole.
	set -C
	printf '' >"$ticket" || die "there is no place in $base/queue"
	set +C
	printf '%s\n' "$me" ${sweep_limit:+"$sweep_limit"} >>"$ticket" &&
	printf '%s %s\n' "$job" "$me" >>"$dir/jobs" || {
		rm -f "$ticket"
		exit 1
	}
	announce "$run"
}

# sets: told_to_leave
is_told () {
	# Has a signal, or in a shared BASE a word, told it to leave?
	test -z "$shared" || ! test -f "$dir/cancelled" && ! test -f "$base/wishes/$run.cancel" ||
	told_to_leave=yes
	test -n "$told_to_leave"
}

# sets: looks next_look
patience () {
	# Sets $next_look, seconds: who is far behind looks less often, so that a long queue
	# costs no more than a short one.
	looks=$((looks + 1)) next_look=1
	if test "$place" -lt 3
	then
		next_look=0.2
	elif test -n "$slots" || test "$looks" -gt 2
	then
		know_slots
		next_look=$((place / (2 * slots + 1)))
		test "$next_look" -ge 1 || next_look=1
		test "$next_look" -le 30 || next_look=30
	fi
}

# sets: place
place_by_name () {
	# JOB: the same as if all that have a ticket waited here.  Of many that are
	# submitted at once, no one looks at each of the others.
	place=1
	for other in "$base/queue"/[0-9]*
	do
		other=${other##*/}
		is_job_id "$other" && precedes "$other" "$1" && place=$((place + 1))
	done
}

# sets: place
place_of () {
	# JOB: sets $place, how many wait until it begins, itself counted
	if test -n "$lined_up"
	then
		queue_key "$1"
		eval "place=\${place_$key:-1}"
		return
	fi
	place=1 ahead=
	for other in "$base/queue"/[0-9]*
	do
		other=${other##*/}
		is_job_id "$other" && precedes "$other" "$1" && waits_here "$other" &&
			! is_held_up "$other" || continue
		place=$((place + 1))
		test -n "$ahead" && precedes "$other" "$ahead" || ahead=$other
	done
	# Whoever is behind a dead one clears it away.
	test -z "$ahead" || still_waits "$ahead" || place=$((place - 1))
}

is_held_up () {
	# JOB: does it wait for others of its sweep?  Then those of other runs go
	# first, and only what belongs to the same sweep stays behind it.
	queue_key "$1"
	eval "its_limit=\${limit_$key-none}"
	test "$its_limit" != none && test "$its_limit" != "$sweep_limit" && is_full "$its_limit"
} 2>/dev/null

is_job_id () {
	# NAME: slots are beside the jobs, and for a moment files that appear whole
	case "$1" in
	'' | *[!0-9.]*) return 1 ;;
	esac
}

# sets: key
queue_key () {
	# JOB: sets $key, its number as a part of a variable's name
	case "$1" in
	*[!0-9.]* | *.*.*) key=none ;;
	*.*) key=${1%.*}_${1#*.} ;;
	*) key=$1 ;;
	esac
}

precedes () {
	# JOB JOB: by run, then by job of the run
	test "$1" != "$2" || return 1
	test "${1%.*}" -lt "${2%.*}" && return 0
	test "${1%.*}" = "${2%.*}" || return 1
	test "$1" = "${1%.*}" || {
		test "$2" != "${2%.*}" && test "${1#*.}" -lt "${2#*.}"
	}
}

# sets: owner
waits_here () {
	# JOB: on this machine?  That stays as it is, and need not be read again.
	queue_key "$1"
	eval "its_place=\${waits_$key-}"
	test -n "$its_place" || {
		owner='' its_limit=''
		{ read -r owner && read -r its_limit; } <"$base/queue/$1"
		test -n "$owner" || return 1
		eval "limit_$key=\${its_limit:-none}"
		its_place=here
		is_here "$owner" || test $? = 1 || its_place=elsewhere
		eval "waits_$key=\$its_place"
	}
	test "$its_place" = here
} 2>/dev/null

# sets: owner
still_waits () {
	# JOB: fails where nobody waits any more
	read -r owner <"$base/queue/$1" && ! gone "$owner" && return 0
	rm -f "$base/queue/$1"
	return 1
} 2>/dev/null
