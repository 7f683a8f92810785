# --- The job

enter_run () {
	# The run this process belongs to: by its environment, or where it stands
	dir=$GITBATCH_RUN_DIR
	case "$dir" in
	"$base/runs/"*) ;;
	*)
		here=$(pwd -P)
		case "$here/" in
		"$base/runs/"*/*) ;;
		*)
			die "$1 is for jobs and schedule.sh: GITBATCH_RUN_DIR is not set, and $here is no run tree of $base"
			;;
		esac
		run=${here#"$base/runs/"}
		dir=$base/runs/${run%%/*}
		;;
	esac
	run=${dir##*/}
	test -f "$dir/request" || die "there is no run in $dir"
	reload_request
}

name_job () {
	# Sets $job to what the scheduler calls this one.
	job=$GITBATCH_JOB tasks='' attempt=
	if test -n "$SLURM_JOB_ID"
	then
		tasks=$SLURM_ARRAY_TASK_COUNT attempt=${SLURM_RESTART_COUNT:-0}
		job="slurm ${SLURM_ARRAY_JOB_ID:-$SLURM_JOB_ID}${SLURM_ARRAY_TASK_ID:+_$SLURM_ARRAY_TASK_ID}"
	elif test -n "$JOB_ID" && test -n "$SGE_ROOT"
	then
		job="sge $JOB_ID"
		test "${SGE_TASK_ID:-undefined}" = undefined || job=$job.$SGE_TASK_ID
		test "${SGE_TASK_LAST:-undefined}" = undefined ||
		tasks=$(((SGE_TASK_LAST - SGE_TASK_FIRST) / SGE_TASK_STEPSIZE + 1))
	elif test -n "$_CONDOR_SLOT"
	then
		job=htcondor
		name_condor_job
	elif test -n "$TS_JOBID"
	then
		job="tsp $TS_JOBID"
	fi
}

name_condor_job () {
	# The starter leaves the job's own ClassAd where _CONDOR_JOB_AD says.
	cluster='' proc='' attempt=${_CONDOR_SCRATCH_DIR##*/}
	test -f "$_CONDOR_JOB_AD" || return 0
	while read -r name equals value
	do
		case "$name$equals" in
		ClusterId=) cluster=$value ;;
		ProcId=) proc=$value ;;
		esac
	done <"$_CONDOR_JOB_AD"
	test -z "$cluster$proc" || job="htcondor $cluster.$proc"
}

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

begin () {
	# Sets $mark, this job's suffix.  A job that the scheduler starts again
	# takes its own place.
	test ! -f "$dir/settled" || : >"$base/active/$run"
	clock
	process $$
	mark=
	facts="host: $host
time: $now
process: $process
job: $job${tasks:+${newline}tasks: $tasks}${attempt:+${newline}attempt: $attempt}"
	until publish "$dir/started$mark" "$facts"
	do
		field "$dir/started$mark" job
		if test -n "$job" && test "$value" = "$job" && begins_again
		then
			rm -f "$dir/finished$mark"
			put "$dir/started$mark" "$facts"
			reopen
			return
		fi
		test -w "$dir" || return 1
		next_mark
	done
}

begins_again () {
	# Did its scheduler start it once more?  A job may also call us twice.
	test ! -f "$dir/finished$mark" ||
	{ field "$dir/started$mark" attempt && test "$value" != "$attempt"; }
}

run_job () {
	# COMMAND...: exits with its status
	test ! -f "$dir/cancelled" || {
		test -z "$ticket" || rm -f "$ticket" "$slot"
		die "run $run was cancelled before it began"
	}
	begin || printf >&2 'gitbatch: %s can not be written\n' "$dir"
	test -z "$ticket" || rm -f "$ticket"
	cd "$dir/tree" || exit
	got=
	for signal in HUP INT TERM
	do
		# shellcheck disable=SC2064 # the name is meant now
		trap "forward $signal" "$signal"
	done
	"$@" </dev/null >>"$dir/log$mark" 2>&1 &
	child=$!
	capturer=
	if test -z "$mark"
	then
		keep_environment first &
		capturer=$!
	fi
	# A signal ends the waiting, not the command: its status comes later.
	status=
	while :
	do
		told=
		wait "$child"
		ended=$?
		# bash may have forgotten a status that it was told of while it waited.
		case "$status:$ended" in
		[0-9]*:127 | [0-9]*:-*) ;;
		*) status=$ended ;;
		esac
		test -n "$told" || break
	done
	trap '' HUP INT TERM
	case "$status" in
	126 | 127)
		printf 'gitbatch: %s could not be run (exit %s): is it executable and committed so, are its line ends LF, and is all that it calls on the PATH?\n' \
			"$1" "$status" >>"$dir/log$mark"
		;;
	esac
	clock
	ask_why
	# A job that Slurm begins once more has not ended.
	test "$why" != again || exit "$status"
	# Whoever sees the end may settle the run: by then, all has to be there.
	test -z "$capturer" || wait "$capturer"
	put "$dir/finished$mark" "exit: $status
signal: $got
time: $now${why:+${newline}reason: $why}"
	settle_run >/dev/null 2>&1
	test -z "$slot" || rm -f "$slot"
	exit "$status"
}

