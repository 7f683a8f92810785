# LSF
# shellcheck shell=sh disable=SC2034,SC2154 # it is read into programs

lsf_commands='bsub'
lsf_variables='LSF_ENVDIR LSF_SERVERDIR'
lsf_flags=' -B -H -I -Is -Ip -K -N -r -rn -x '

lsf_queries () {
	case "${1-}" in
	-h | -V) ;;
	*) return 1 ;;
	esac
}

lsf_arguments () {
	each_option "$lsf_flags" lsf_option "$@"
	each_directive '#BSUB' "$lsf_flags" lsf_option
}

lsf_option () {
	case "$1" in
	-J)
		# "name[1-10]%5" is an array.
		name=${2%%[[]*}
		name=${name#[\"\']}
		case "$2" in
		*'['*']'*)
			ranges=${2#*[[]}
			count_ranges "${ranges%%[]]*}"
			;;
		esac
		;;
	esac
}

lsf_answer () {
	# Job <4711> is submitted to queue <normal>.
	case " $1" in
	*[!A-Za-z]'Job <'[0-9]*'> is submitted to '*'queue <'*) ;;
	*) return 1 ;;
	esac
	id=${1#*Job <}
	id=${id%%>*}
	is_number "$id"
}

lsf_self () {
	test -n "$LSB_JOBID" || return 1
	id=$LSB_JOBID
	test "${LSB_JOBINDEX:-0}" = 0 || id="${id}[$LSB_JOBINDEX]"
	self=$id
}

lsf_whole () {
	whole=${1%%[[]*}
}

lsf_asked () {
	cores=$LSB_DJOB_NUMPROC
	# name 4 name 4
	case "$LSB_MCPU_HOSTS" in
	*' '*' '*' '*) apart=machines ;;
	esac
}

lsf_find () {
	# LSF says $HOME/w of a folder in the home directory.
	command -v bjobs >/dev/null || return 3
	unset LSB_BJOBS_FORMAT
	listed=$(within 20 bjobs -noheader -a -o "jobid sub_cwd delimiter=' '" 2>&1) || {
		case "$listed" in
		*'No job found'*) return 0 ;;
		esac
		return 1
	}
	printf '%s\n' "$listed" | awk '{
		job = $1
		sub(/^[^ ]+ +/, "")
		if (index($0, "$HOME") == 1) $0 = ENVIRON["HOME"] substr($0, 6)
		print job " " $0
	}' | inside "$1"
}
