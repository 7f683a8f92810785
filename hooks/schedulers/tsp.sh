# task-spooler, which other systems call ts
# shellcheck shell=sh disable=SC2034,SC2154 # it is read into programs

tsp_commands='tsp ts'
tsp_variables='TS_SOCKET TMPDIR'

tsp_queries () {
	case "${1-}" in
	'' | -l | -C | -c | -h | -i | -K | -k | -M | -o | -p | -q | -r | -R | -s | \
		-S | -t | -T | -u | -U | -V | -w | -a | -F) ;;
	*) return 1 ;;
	esac
}

tsp_alone () {
	# With -n it prints none, but what the job prints.
	case "$given" in
	*' -n '*) return 1 ;;
	esac
	case "$program:$1" in
	tsp:0 | ts:0) ;;
	tsp:* | ts:*) is_number "$1" || return 1 ;;
	*) return 1 ;;
	esac
	id=$1
}

tsp_arguments () {
	each_option ' - -B -f -m -n -g -d -E ' tsp_option "$@"
}

tsp_option () {
	case "$1" in
	-L) name=$2 ;;
	-f)
		# -fn
		test "${2#n}" = "$2" || given="$given -n "
		;;
	esac
}

tsp_self () {
	# Not every version tells a job its number.
	test -n "$TS_JOBID" || {
		recorded_self tsp
		return
	}
	id=$TS_JOBID self=$TS_JOBID@$TS_SOCKET
}
