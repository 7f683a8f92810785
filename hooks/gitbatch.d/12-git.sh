# --- git

# What git says is compared with, and shown, in one language; and a branch
# may have the name of another ref.

bare () {
	LC_ALL=C git -c core.warnAmbiguousRefs=false --git-dir="$repo" "$@"
}

become_bare () {
	# For a subshell that has nothing else to do
	LC_ALL=C
	export LC_ALL
	exec git -c core.warnAmbiguousRefs=false --git-dir="$repo" "$@"
}

# A hook's environment ties git to one repository, and a job's ties it to
# another run.

leave_repository () {
	# All that git 2.39 and older have
	unset GIT_ALTERNATE_OBJECT_DIRECTORIES GIT_COMMON_DIR GIT_CONFIG \
		GIT_CONFIG_COUNT GIT_CONFIG_PARAMETERS GIT_DIR GIT_GRAFT_FILE \
		GIT_IMPLICIT_WORK_TREE GIT_INDEX_FILE GIT_NO_REPLACE_OBJECTS \
		GIT_INTERNAL_SUPER_PREFIX GIT_OBJECT_DIRECTORY GIT_PREFIX \
		GIT_REPLACE_REF_BASE GIT_SHALLOW_FILE GIT_WORK_TREE
	unset GIT_EDITOR GIT_QUARANTINE_PATH GIT_REFLOG_ACTION \
		GIT_AUTHOR_NAME GIT_AUTHOR_EMAIL GIT_AUTHOR_DATE \
		GIT_COMMITTER_NAME GIT_COMMITTER_EMAIL GIT_COMMITTER_DATE
}

leave_newer () {
	# [VERSION]: what a newer git has besides, git has to be asked for.
	case "${1:-}" in
	'git version 2.'[123][0-9].*) ;;
	*)
		# It costs as much as all else that most calls do; none is set mostly.
		# shellcheck disable=SC2046 # names have no spaces
		! knows_others || unset $(git --git-dir="$repo" rev-parse --local-env-vars)
		;;
	esac
}

knows_others () {
	# Is a variable of git's set that may tie it to a repository?
	exported=$(export -p)
	while :
	do
		case "$exported" in
		*' GIT_'*) exported=${exported#*' GIT_'} ;;
		*) return 1 ;;
		esac
		case "${exported%%[!A-Z0-9_]*}" in
		ASKPASS | CONFIG_GLOBAL | CONFIG_NOSYSTEM | CONFIG_SYSTEM | EXEC_PATH | PAGER | \
			SSH | SSH_COMMAND | TERMINAL_PROMPT) ;;
		*) return 0 ;;
		esac
	done
}

