# --- The job

lead () {
	# Under a scheduler that tracks its jobs' processes, that is its business.
	# Elsewhere a job leads a process group of its own, so that cancelling
	# finds all of it.
	case "$job" in
	slurm* | sge* | htcondor*)
		return 1
		;;
	esac
	test -n "$has_setsid" || return 1
	read -r stat </proc/$$/stat 2>/dev/null || return 1
	# shellcheck disable=SC2086 # the fields are to be split
	set -- ${stat##*) }
	test "$3" != $$
}

# sets: limit
patiently () {
	# SECONDS WHAT COMMAND...: tries COMMAND, which writes WHAT, again and again
	# as long as it can't, at most for so many seconds.
	limit=$1 what=$2 nap=1 waited=0
	shift 2
	until "$@"
	do
		test "$waited" != 0 || complain "$what can not be written yet"
		test -d "$dir" && test "$waited" -lt "$limit" || return 1
		pause "$nap" &
		wait "$!"
		waited=$((waited + nap))
		nap=$((nap < 16 ? nap * 2 : 30))
	done
}

complain () {
	# WHAT: to whoever keeps what this prints, the scheduler
	one_line "$trouble"
	printf >&2 'gitbatch: run %s: %s: is the disk of %s full or a quota reached? %s\n' \
		"$run" "$1" "$dir" "$one_line"
}

# sets: facts
finish () {
	# Notes how the job ended.  Its exit status is nowhere else: where there
	# is no room it is kept in mind, without a slot that others could use.
	facts="exit: $status
signal: $got
time: $now${ended_as:+${newline}ended: $ended_as}${why:+${newline}reason: $why}${used:+${newline}used: $used}"
	! write_end 2>/dev/null || return 0
	test -z "$slot" || rm -f "$slot"
	# shellcheck disable=SC2064 # the status is meant now
	trap "give_up; exit $status" HUP INT TERM
	case "$job" in
	local*) limit=999999999 ;;
	*) limit=3600 ;;
	esac
	patiently "$limit" "its exit status $status" write_end || give_up
	trap '' HUP INT TERM
}

write_end () {
	test -n "$start_noted" || take_mark || return 1
	start_noted=yes
	put "$dir/finished$mark" "$facts"
}

give_up () {
	complain "its exit status $status could not be written; '$GITBATCH settle $run $(
		test "$status" = 0 && echo succeeded || echo failed) $status' notes it"
}

# sets: ended_as got start_noted status used why
never_begin () {
	# Of a run that was cancelled before this job began.  One in our own queue
	# is known to have ended by its process; others have to say so.
	if test -n "$ticket"
	then
		rm -f "$ticket" "$slot"
	elif begin
	then
		status=143 got=TERM why='it was cancelled before it began' ended_as='' start_noted=yes used=
		finish
		announce "$run"
		(settle_run) >/dev/null 2>&1
	fi
	die "run $run was cancelled before it began"
}

# sets: start_noted
run_job () {
	# COMMAND...: exits with its status
	! is_unwanted || never_begin
	# A warning that comes before there is a command is for nobody.
	trap '' USR1 USR2
	start_noted=yes
	begin || start_noted=
	test -z "$ticket" || rm -f "$ticket"
	start_command "$@"
	minder=
	test -z "$shared" || {
		mind_wishes </dev/null >/dev/null 2>&1 &
		minder=$!
	}
	capturer=
	if test -z "$mark"
	then
		keep_environment first &
		capturer=$!
	fi
	await "$child"
	trap '' HUP INT TERM USR1 USR2
	test -z "$minder" || kill "$minder" 2>/dev/null
	# Git does nothing in a folder that the job has removed.
	cd "$dir" 2>/dev/null || cd /
	case "$status" in
	126 | 127)
		printf 'gitbatch: %s could not be run (exit %s): is it executable and committed so, are its line ends LF, and is all that it calls on the PATH?\n' \
			"$1" "$status" >>"$dir/log$mark"
		;;
	esac
	clock
	ask_why
	blame
	# A job that Slurm begins once more has not ended.
	test "$why" != again || exit "$status"
	# Whoever sees the end may settle the run: by then, all has to be there.
	test -z "$capturer" || wait "$capturer"
	measure
	finish
	announce "$run"
	test -z "$script" || detach "$helper_dir/gitbatch" settle-after "$run" "$script"
	(settle_run) >/dev/null 2>&1
	test -z "$slot" || rm -f "$slot"
	exit "$status"
}

# sets: child got
start_command () {
	# COMMAND...: sets $child
	know_place
	cd "$place_in_tree" 2>/dev/null || cd "$dir/tree" || exit
	unset OLDPWD
	got=
	for signal in HUP INT TERM USR1 USR2
	do
		# shellcheck disable=SC2064 # the name is meant now
		trap "forward $signal" "$signal"
	done
	if { printf '' >>"$dir/log$mark"; } 2>/dev/null
	then
		as_begun "$@" </dev/null >>"$dir/log$mark" 2>&1 &
	else
		as_begun "$@" </dev/null >&2 &
	fi
	child=$!
	# Between its turn and the traps above
	test -z "$told_to_leave" || forward TERM
}

# sets: ended_as why
ask_why () {
	# Sets $why, what Slurm says of a signal that it sent: again, where it is
	# going to begin this job once more.  The command may get it before we do;
	# and some seconds pass until Slurm kills.
	why='' ended_as=
	test -n "$SLURM_JOB_ID" || return 0
	test -n "$got" || test "$status" -gt 128 || return 0
	why=${got:+Slurm sent it SIG$got}
	told=$(ask_squeue) || told=$(ask_squeue) || return 0
	case "$told" in
	*';TimeLimit;'*) why='it reached its time limit' ;;
	*';'[1-9]*-*';'*) why='it was preempted: it made room for a job that goes before' ;;
	*';CANCELLED;') why='it was cancelled' ended_as=cancelled ;;
	*';COMPLETING;')
		case "$got:$status" in
		TERM:* | *:143) why='it was cancelled' ended_as=cancelled ;;
		esac
		;;
	esac
	restarts=${told%%;*}
	! number "$restarts" || test "$restarts" -le "${SLURM_RESTART_COUNT:-0}" ||
	why=again
}

ask_squeue () {
	squeue -h -a -t all -j "$SLURM_JOB_ID" \
		-O 'RestartCnt:;,Reason:;,PreemptTime:;,State:;' 2>/dev/null
}

# sets: got
forward () {
	# SIGNAL: to the command, which sh has made deaf to INT.  USR1 and USR2 say what
	# is about to come, such as the time limit, and are no order to end.
	interrupted=yes
	case "$1" in
	USR?) ;;
	*) got=$1 ;;
	esac
	case "$1" in
	INT) kill -TERM "$child" ;;
	*) kill "-$1" "$child" ;;
	esac 2>/dev/null
}
