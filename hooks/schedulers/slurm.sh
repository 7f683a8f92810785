# Slurm, and the qsub that it has for those who come from elsewhere
# shellcheck shell=sh disable=SC2034,SC2154 # it is read into programs

slurm_commands='sbatch qsub'
slurm_variables='SLURM_CONF SLURM_CLUSTERS'
slurm_dry='--test-only'
slurm_flags=' - -H -h -I -k -K -O -Q -s -v -V -W --contiguous --exclusive --get-user-env --help --hold --ignore-pbs --no-kill --no-requeue --overcommit --oversubscribe --parsable --quiet --reboot --requeue --spread-job --test-only --usage --use-min-nodes --verbose --version --wait '

slurm_queries () {
	case "$program:${1-}" in
	sbatch:-V | sbatch:--version | sbatch:-h | sbatch:--help | sbatch:--usage) ;;
	*) return 1 ;;
	esac
}

slurm_arguments () {
	test "$program" = sbatch || return 0
	test -z "${SBATCH_CLUSTERS+set}" || in_context SLURM_CLUSTERS "$SBATCH_CLUSTERS"
	name=$SBATCH_JOB_NAME
	test -z "$SBATCH_ARRAY_INX" || count_ranges "$SBATCH_ARRAY_INX"
	each_option "$slurm_flags" slurm_option "$@"
	while test "$script" = :
	do
		# Of a heterogeneous job, another component follows.
		while test "$1" != :
		do
			shift
		done
		shift
		each_option "$slurm_flags" slurm_option "$@"
	done
	each_directive '#SBATCH' "$slurm_flags" slurm_option
	case "$given" in
	*' --wrap '*) name=${name:-wrap} ;;
	*) name=${name:-"${script##*/}"} ;;
	esac
}

slurm_option () {
	case "$1" in
	-J | --job-name) name=$2 ;;
	-a | --array) count_ranges "$2" ;;
	-M | --clusters) in_context SLURM_CLUSTERS "$2" ;;
	esac
}

slurm_answer () {
	case " $1" in
	*[!A-Za-z0-9]'Submitted batch job '[0-9]*) ;;
	*) return 1 ;;
	esac
	id=${1#*Submitted batch job }
	case "$id" in
	*' on cluster '*) in_context SLURM_CLUSTERS "${id##* on cluster }" ;;
	esac
	id=${id%%[!0-9A-Za-z]*}
	is_number "$id"
}

slurm_alone () {
	# What --parsable prints, and Slurm's own qsub
	case "$program:$given:$SGE_ROOT" in
	sbatch:*' --parsable '* | qsub:*:) ;;
	*) return 1 ;;
	esac
	id=${1%%;*}
	is_number "$id" || return 1
	test "$id" = "$1" || in_context SLURM_CLUSTERS "${1#*;}"
}

slurm_self () {
	# A job that was submitted inside of an array's task has that one's
	# variables, too: those that GITBATCH_PARENT names aren't its own.
	test -n "$SLURM_JOB_ID" || return 1
	self=$SLURM_JOB_ID id=$SLURM_JOB_ID attempt=${SLURM_RESTART_COUNT:-0}
	test -n "$SLURM_ARRAY_TASK_ID" || return 0
	case "$GITBATCH_PARENT" in
	*" slurm:"*":${SLURM_ARRAY_JOB_ID}_$SLURM_ARRAY_TASK_ID "*) return 0 ;;
	esac
	id=${SLURM_ARRAY_JOB_ID}_$SLURM_ARRAY_TASK_ID
	tasks=$SLURM_ARRAY_TASK_COUNT
}

slurm_whole () {
	whole=${1%%[_+]*}
}

slurm_asked () {
	# What srun starts are no children of it.
	apart=yes
	test "${SLURM_JOB_NUM_NODES:-1}" = 1 || apart=machines
	test -z "$SLURM_JOB_END_TIME" || limit=$((SLURM_JOB_END_TIME - SLURM_JOB_START_TIME))
	# A job without a limit is said to end after a year.
	test "$limit" != 31536000 || limit=
	cores=0 rest=${SLURM_JOB_CPUS_PER_NODE:-0},
	while test -n "$rest"
	do
		# 8(x2),4
		each=${rest%%,*} rest=${rest#*,}
		times=1
		case "$each" in
		*'(x'*')') times=${each#*'(x'} times=${times%')'} ;;
		esac
		cores=$((cores + ${each%%'('*} * times))
	done
	gpus=$SLURM_GPUS_ON_NODE
	memory_asked=${SLURM_MEM_PER_NODE:-$((${SLURM_MEM_PER_CPU:-0} * ${SLURM_CPUS_ON_NODE:-1}))}
	memory_asked=$((memory_asked * 1048576))
}

slurm_find () {
	# 11_[4-9], 7+1: what belongs to one submission is one job.  What ended a
	# while ago is known to the accounting alone, if there is one.
	command -v squeue >/dev/null || return 3
	test -z "$SLURM_CONF" || test -e "$SLURM_CONF" || return 3
	unset SQUEUE_ACCOUNT SQUEUE_LICENSES SQUEUE_NAMES SQUEUE_PARTITION SQUEUE_QOS SQUEUE_USERS
	export TZ=UTC0 SLURM_TIME_FORMAT=standard
	listed=$(within 20 squeue -h -a -t all -u "$(id -un)" -o '%i %V %Z' 2>&1) || {
		case "$listed" in
		*'Could not establish a configuration source'*) return 3 ;;
		esac
		return 1
	}
	accepted_at=$(time_of_acceptance "$1")
	accepted_at=${accepted_at%Z}
	{
		printf '%s\n' "$listed"
		within 20 sacct -n -P -X -S "${accepted_at:-now-2days}" --delimiter=' ' -o JobID,Submit,WorkDir 2>/dev/null
	} | sed 's/^\([0-9]*\)[^ ]*/\1/' | inside "$1"
}
