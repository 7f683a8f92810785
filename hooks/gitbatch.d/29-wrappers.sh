# --- What the jobs wrote

# sets: around attempt_of began_at context_of of on process_of script_of tasks_of
# sets: value
read_started () {
	# Of the wrapper with this $mark: sets $of, its job, and when, where and as
	# which process it began
	of='' began_at='' on='' process_of='' tasks_of='' attempt_of='' script_of='' context_of=''
	test -f "$dir/started$mark" || return 1
	while IFS= read -r line
	do
		value=${line#*: }
		case "$line" in
		'host: '*) on=$value ;;
		'time: '*) began_at=$value ;;
		'process: '*) process_of=$value ;;
		'job: '*) of=$value ;;
		'tasks: '*) tasks_of=$value ;;
		'attempt: '*) attempt_of=$value ;;
		'script: '*) script_of=$value ;;
		'around: '*) around="$around$value " ;;
		'context: '*) context_of=$value ;;
		esac
	done <"$dir/started$mark"
	return 0
} 2>/dev/null

# sets: code ended_of finished_at reason_of signal_of superseded value
read_finished () {
	# Of the wrapper with this $mark
	code='' signal_of='' finished_at='' reason_of='' ended_of='' superseded=
	test -f "$dir/finished$mark" || return 0
	while IFS= read -r line
	do
		value=${line#*: }
		case "$line" in
		'exit: '*) code=$value ;;
		'signal: '*) signal_of=$value ;;
		'time: '*) finished_at=$value ;;
		'reason: '*) reason_of=$value ;;
		'ended: '*) ended_of=$value ;;
		'superseded: '*) superseded=$value ;;
		esac
	done <"$dir/finished$mark"
} 2>/dev/null

# sets: begun doubts ended_jobs live mark nameless open seen seen_here sizes
# sets: wrappers
weigh_wrappers () {
	# Several wrappers of one job, such as srun starts, are one job, which goes
	# on until the last of them has ended.
	wrappers=0 begun=0 unread=0 seen_here=0 nameless=0 left=0 seen=$newline open=$newline live=$newline
	sizes=$newline mark=
	while read_started
	do
		weigh_wrapper
		next_mark
	done
	doubts=$((left - running)) ended_jobs=$((begun - left))
}

# sets: begun hosts job nameless part seen sizes wrappers
weigh_wrapper () {
	wrappers=$((wrappers + 1))
	read_finished
	test -z "$superseded" || return 0
	since=${since:-$began_at}
	job=${job:-$of}
	test -n "$process_of" || unread=$((unread + 1))
	part=$of
	case "$of" in
	?*' '?*)
		tell_apart "$of" "$context_of"
		part=$of$twin
		;;
	*)
		# shellcheck disable=SC2086 # the fields are to be split
		began_before $process_of $first_call || nameless=$((nameless + 1))
		part=${of:--}$mark
		;;
	esac
	case "$seen" in
	*"$newline$part$newline"*) ;;
	*)
		seen=$seen$part$newline begun=$((begun + 1))
		whole_of "$part"
		test -z "$tasks_of" || sizes=$sizes$whole_job$tab$tasks_of$newline
		;;
	esac
	case " $hosts " in
	*" $on "*) ;;
	*) hosts="$hosts${hosts:+ }$on" ;;
	esac
	begins "$began_at"
	ends_by_itself || goes_on
}

has_told_begin () {
	# After read_call: did its one job begin, whose wrapper then told of it?
	test -z "$tasks" && grep -qx "submit: ${submit##*/}" "$dir"/started*
} 2>/dev/null

began_before () {
	# PID BEGIN BOOT HOST PID BEGIN BOOT HOST: one process before another, surely?
	test $# = 8 && test "$3" = "$7" && test "$2" -lt "$6"
} 2>/dev/null

# sets: whole_job
whole_of () {
	# JOB: sets $whole_job, which it is a task of, or is itself
	whole_job=$1
	case "$1" in
	?*' '?*)
		whole_job=${1%% (*}
		whole_id "${1%% *}" "${whole_job#* }"
		whole_job="${1%% *} $whole${1#"${1%% (*}"}"
		;;
	esac
}

ends_by_itself () {
	# Counts what it told of its job's end, where more may come, too.
	tells_end || return 1
	ends "$finished_at"
	case "$code:$ended_of" in
	0:*) over "$part" succeeded 0 '' 0 ;;
	*:cancelled) over "$part" cancelled "$code" "$reason_of" 0 ;;
	*) over "$part" failed "$code" "exit status $code${reason_of:+: $reason_of}" 0 ;;
	esac
	! script_goes_on
}

# sets: where
tells_end () {
	# Does the wrapper that was read tell how its job ended?  Sets $where, if
	# not, to where its process is: here, unseen or gone; or off, where its
	# scheduler decides whether that was the end.
	if number "$code"
	then
		where=off
		! is_put_off
		return
	fi
	where=unseen
	# A file that can't be read says nothing.
	test ! -f "$dir/finished$mark" && test -n "$process_of" || return 1
	alive "$process_of"
	case $? in
	0) where=here ;;
	1)
		where=here
		! gone "$process_of" || where=gone
		;;
	esac
	return 1
}

is_put_off () {
	# HTCondor ends jobs to begin them again, or to hold them: only it knows
	# whether that was the end.
	test -n "$signal_of" && test "${of%% *}" = htcondor &&
	test ! -f "$dir/cancelled"
}

# sets: where
script_goes_on () {
	# The script that called the wrapper may submit more.
	test -n "$script_of" || return 1
	alive "$script_of"
	case $? in
	0) where=here ;;
	1) return 1 ;;
	esac
}

# sets: doubt how_known left running seen_here
goes_on () {
	# A wrapper that didn't tell its job's end
	whole_of "$part"
	moment "$began_at"
	how_known=wrapper
	if test "$where" = here
	then
		seen_here=$((seen_here + 1))
	elif ends_by_word "$part" "$whole_job" "$moment" "$where" 0
	then
		return
	fi
	case "$where:$part" in
	gone:local* | gone:-*)
		over "$part" lost '' 'its process ended without an exit status: it was killed, or the machine was restarted' 0
		return
		;;
	here:* | unseen:*)
		case "$live" in
		*"$newline$part$newline"*) ;;
		*) live=$live$part$newline running=$((running + 1)) ;;
		esac
		;;
	*)
		why_asked='its process ended without an exit status'
		test "$where" != off || test -z "$script_of" ||
		why_asked='its script may have gone on after it'
		doubt=${doubt:-"$why_asked: ${part%% *} has to be asked"}
		;;
	esac
	case "$open" in
	*"$newline$part$newline"*) ;;
	*)
		open=$open$part$newline left=$((left + 1))
		leaves "$part"
		;;
	esac
}

