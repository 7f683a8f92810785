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
	# An id in each of its forms: in base 58 after a letter that isn't in ASCII,
	# or after one that is, when a word such as "finished" is none; or a number.
	# It depends on the locale of each program which of the letters it prints.
	case "$program:$1" in
	flux:f*[1-9A-HJ-NP-Z]*) digits=${1#f} ;;
	flux:[1-9]?????*)
		digits=${1#?}
		case "$digits" in
		*[!0-9]*) return 1 ;;
		esac
		;;
	flux:[!0-9A-Za-z]*)
		digits=${1#"$(printf '\306\222')"}
		test "$digits" != "$1" || return 1
		;;
	*) return 1 ;;
	esac
	case "$digits" in
	'' | *[!0-9A-Za-z]*) return 1 ;;
	esac
	case "$1" in
	[1-9]*) id=$1 ;;
	*) id=f$digits ;;
	esac
}

flux_self () {
	test -n "$FLUX_JOB_ID" || return 1
	self=$FLUX_JOB_ID id=${FLUX_JOB_ID#"$(printf '\306\222')"}
	test "$id" = "$self" || id=f$id
}

flux_find () {
	command -v flux >/dev/null || return 3
	listed=$(within 20 flux jobs -a -no '{id.f58plain} {t_submit} {cwd}') || return
	printf '%s\n' "$listed" | inside "$1"
}
