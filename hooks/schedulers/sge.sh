# Grid Engine
# shellcheck shell=sh disable=SC2034,SC2154 # it is read into programs

sge_commands='qsub'
sge_variables='SGE_ROOT SGE_CELL SGE_QMASTER_PORT SGE_EXECD_PORT SGE_CLUSTER_NAME'
sge_dry='-verify'
sge_flags=' -clear -cwd -help -notify -nostdin -verify -V -terse -h '

sge_queries () {
	case "${1-}" in
	-help | --help | --version) ;;
	*) return 1 ;;
	esac
}

sge_arguments () {
	each_option "$sge_flags" sge_option "$@"
	each_directive '#$' "$sge_flags" sge_option
	test -n "$name" || name=${script##*/}
}

sge_option () {
	case "$1" in
	-N) name=$2 ;;
	-t) count_ranges "$2" ;;
	-o) output=$2 ;;
	-e) errors=$2 ;;
	esac
}

sge_answer () {
	# Your job 12 ("name") has been submitted; Your job-array 9.1-3:1 ("name") ...
	case " $1" in
	*[!A-Za-z]'Your job '[0-9]*' ("'*) id=${1#*Your job } ;;
	*[!A-Za-z]'Your job-array '[0-9]*' ("'*) id=${1#*Your job-array } ;;
	*) return 1 ;;
	esac
	sge_range "${id%% *}"
}

sge_alone () {
	# What -terse prints
	case "$program:$given" in
	qsub:*' -terse '*) sge_range "$1" ;;
	*) return 1 ;;
	esac
}

sge_range () {
	# 9, or 9.1-3:1
	id=${1%%.*}
	is_number "$id" || return 1
	case "$1" in
	*.*-*:*) count_ranges "${1#*.}" ;;
	*.*) return 1 ;;
	esac
}

sge_self () {
	test -n "$JOB_ID" && test -n "$SGE_ROOT" || return 1
	id=$JOB_ID attempt=${RESTARTED:-0}
	test "${SGE_TASK_ID:-undefined}" = undefined || id=$id.$SGE_TASK_ID
	test "${SGE_TASK_LAST:-undefined}" = undefined ||
	tasks=$(((SGE_TASK_LAST - SGE_TASK_FIRST) / SGE_TASK_STEPSIZE + 1))
	self=$id
}

sge_whole () {
	whole=${1%%.*}
}

sge_asked () {
	cores=$NSLOTS
	test "${NHOSTS:-1}" = 1 || apart=machines
}

sge_find () {
	# The folder in which it was submitted counts as well.
	command -v qstat >/dev/null || return 3
	list=$(within 10 qstat -s prs -u "$(id -un)" 2>&1) || {
		case "$list" in
		*' directory "'*'" doesn'*) return 3 ;;
		esac
		return 1
	}
	list=$(printf '%s\n' "$list" | awk '$1 ~ /^[0-9]+$/ { print $1 }' | sort -u)
	test -n "$list" || return 0
	details=$(TZ=UTC0 within 10 qstat -j "$(printf '%s\n' "$list" | paste -s -d , -)" 2>/dev/null)
	test -n "$details" || return 1
	printf '%s\n' "$details" |
	sed -n 's/^job_number: *//p; s/^submission_time: */,/p; s/^cwd: */ /p; s/^sge_o_workdir: */ /p' |
	awk '/^ / { print job submitted $0; next }
		/^,/ { submitted = " " substr($0, 2); next }
		{ job = $0; submitted = "" }' | inside "$1"
}
