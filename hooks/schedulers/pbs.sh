# PBS Professional, OpenPBS and Torque, whose ids have the server's name
# shellcheck shell=sh disable=SC2034,SC2154 # it is read into programs

pbs_commands='qsub'
pbs_variables='PBS_CONF_FILE PBS_SERVER PBS_DEFAULT'
pbs_flags=' - -f -F -h -I -V -X -x -z '

pbs_queries () {
	case "${1-}" in
	--version | --help) ;;
	*) return 1 ;;
	esac
}

pbs_arguments () {
	each_option "$pbs_flags" pbs_option "$@"
	each_directive '#PBS' "$pbs_flags" pbs_option
	test -n "$name" || name=${script##*/}
}

pbs_option () {
	case "$1" in
	-N) name=$2 ;;
	-J | -t) count_ranges "$2" ;;
	esac
}

pbs_alone () {
	# 4711.server, 103[].server
	case "$1" in
	[0-9]*.[A-Za-z0-9]*) ;;
	*) return 1 ;;
	esac
	number=${1%%.*}
	case "${number%'[]'}" in
	*[!0-9]*) return 1 ;;
	esac
	case "${1#*.}" in
	*[!A-Za-z0-9._-]*) return 1 ;;
	*[A-Za-z]*) id=$1 ;;
	*) return 1 ;;
	esac
}

pbs_self () {
	test -n "$PBS_JOBID" && test -z "$SLURM_JOB_ID" || return 1
	self=$PBS_JOBID id=$PBS_JOBID attempt=${PBS_RUNCOUNT:-0}
}

pbs_whole () {
	case "$1" in
	*'['*']'*) whole="${1%%[[]*}[]${1#*[]]}" ;;
	esac
}

pbs_asked () {
	cores=${PBS_NP:-$NCPUS} limit=$PBS_WALLTIME
	test ! -f "$PBS_NODEFILE" || test "$(sort -u "$PBS_NODEFILE" | grep -c '')" -le 1 ||
	apart=machines
}

pbs_qstat () {
	# Prints whose qstat that is: pbs, torque, slurm, or nothing.  An old Torque
	# says it on standard error, and in small letters; what else is printed, such
	# as warnings of libraries, doesn't count.  Fails with 124 where no answer
	# came in time.
	printed=$(within 5 qstat --version 2>&1) || test $? != 124 || return 124
	printf '%s\n' "$printed" | sed -n '
		s/^pbs_version = .*/pbs/p
		s/^[Vv]ersion: [0-9].*/torque/p
		s/^Unknown option: version.*/slurm/p
	' | head -n 1
}

# sets: history wide
pbs_words () {
	# Sets the options for unfolded lines, and for jobs that have ended.  Torque's
	# -x means XML.
	whose=$(pbs_qstat) || return
	case "$whose" in
	pbs) wide=-w history=-x ;;
	torque) wide=-1 history='' ;;
	*) return 1 ;;
	esac
}

pbs_find () {
	# The folder in which it was submitted
	command -v qselect >/dev/null || return 3
	pbs_words || return 3
	# shellcheck disable=SC2086 # none, or one
	list=$(within 10 qselect $history -u "$(id -un)" 2>/dev/null) ||
	list=$(within 10 qselect -u "$(id -un)") || return
	test -n "$list" || return 0
	# shellcheck disable=SC2086 # one word each
	details=$(TZ=UTC0 within 20 qstat $history -f "$wide" $list 2>/dev/null)
	test -n "$details" || return 1
	# NAME=VALUE,... with a backslash before each comma, quote and backslash in it
	printf '%s\n' "$details" | awk '
		/^Job Id: / { job = substr($0, 9); submitted = "" }
		/^    ctime = / { submitted = substr($0, 13) " " }
		/^    Variable_List = / {
			sub(/^    Variable_List = /, ",")
			gsub(/\\\\/, "\002")
			gsub(/\\,/, "\001")
			if (!(at = index($0, ",PBS_O_WORKDIR="))) next
			$0 = substr($0, at + 15)
			sub(/,.*/, "")
			gsub(/\\"/, "\"")
			gsub("\001", ",")
			gsub("\002", "\\")
			print job " " submitted $0
		}' | inside "$1"
}
