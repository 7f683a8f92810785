# OAR
# shellcheck shell=sh disable=SC2034,SC2154 # it is read into programs

oar_commands='oarsub'

oar_queries () {
	case "${1-}" in
	-h | --help | -V | --version | -C | --connect) ;;
	*) return 1 ;;
	esac
}

oar_answer () {
	case "$1" in
	OAR_JOB_ID=[0-9]*) id=${1#OAR_JOB_ID=} ;;
	*) return 1 ;;
	esac
	id=${id%%[!0-9]*}
}

oar_self () {
	test -n "$OAR_JOB_ID" || return 1
	self=$OAR_JOB_ID id=$OAR_JOB_ID
}

oar_asked () {
	limit=$OAR_JOB_WALLTIME_SECONDS
	test ! -f "$OAR_NODEFILE" || {
		cores=$(grep -c '' "$OAR_NODEFILE")
		test "$(sort -u "$OAR_NODEFILE" | grep -c '')" -le 1 || apart=machines
	}
}
