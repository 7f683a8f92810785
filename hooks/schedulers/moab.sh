# Moab, which prints an id between empty lines
# shellcheck shell=sh disable=SC2034,SC2154 # it is read into programs

moab_commands='msub'
moab_variables='MOABHOMEDIR'

moab_queries () {
	case "${1-}" in
	--help | --version) ;;
	*) return 1 ;;
	esac
}

moab_alone () {
	case "$program:$1" in
	msub:[0-9]* | msub:[A-Za-z]*.[0-9]*) ;;
	*) return 1 ;;
	esac
	case "$1" in
	*[!A-Za-z0-9._-]*) return 1 ;;
	esac
	id=$1
}

moab_self () {
	test -n "$MOAB_JOBID" || return 1
	self=$MOAB_JOBID id=$MOAB_JOBID
}
