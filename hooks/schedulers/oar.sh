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

oar_find () {
	# The names of a job begin at a column of their own, whatever is in its command.
	command -v oarstat >/dev/null || return 3
	listed=$(oar_apart 20 oarstat -f -J --sql "job_user = '$(id -un)'" 2>/dev/null)
	case "$listed" in
	*'gitbatch: 0') ;;
	*) return 1 ;;
	esac
	printf '%s\n' "$listed" | awk '
		/^   "[0-9]+" : \{/ { gsub(/[^0-9]/, ""); job = $0; folder = submitted = "" }
		/^      "submissionTime" : [0-9]/ { submitted = $3 + 0 }
		/^      "launchingDirectory" : "/ {
			sub(/^      "launchingDirectory" : "/, "")
			sub(/",?$/, "")
			folder = $0
		}
		/^   }/ && folder { print job " " submitted " " folder }
	' | inside "$1"
}

oar_apart () {
	# SECONDS COMMAND...: what it prints, and at last its exit status.  OAR's
	# programs run as its own user, and can't be stopped by ours: one that hangs
	# is left behind, with pipes that nobody waits for.
	seconds=$1
	shift
	{
		{
			{
				"$@" 3>&-
				printf '\ngitbatch: %s\n' "$?"
			} 2>&1 >&3 3>&- &
		} | oar_until >&2 3>&-
	} 3>&1 | oar_until
}

oar_until () {
	within "$seconds" sh -c 'exec cat <&4' 4<&0
}
