# Flux, of whose many commands three submit
# shellcheck shell=sh disable=SC2034,SC2154 # it is read into programs

flux_commands='flux'
flux_variables='FLUX_URI'

flux_queries () {
	case "${1-} ${2-} $* " in
	submit' '* | batch' '* | bulksubmit' '*) return 1 ;;
	'mini submit '* | 'mini batch '* | 'mini bulksubmit '*) return 1 ;;
	alloc' '*' --bg '*) return 1 ;;
	esac
}

flux_arguments () {
	while test $# -gt 0
	do
		case "$1" in
		--job-name=*) name=${1#*=} ;;
		--job-name) name=${2-} ;;
		esac
		shift
	done
}

flux_alone () {
	# An id in each of its forms, the letter in UTF-8 or not
	case "$program:$1" in
	flux:*[[:space:]]*) return 1 ;;
	flux:f[1-9A-Za-z]* | flux:ƒ[1-9A-Za-z]* | flux:[0-9]*) id=$1 ;;
	*) return 1 ;;
	esac
}

flux_self () {
	test -n "$FLUX_JOB_ID" || return 1
	self=$FLUX_JOB_ID id=$FLUX_JOB_ID
}
