# --- git

# What git says is compared with, and shown, in one language and encoding,
# whatever the account has set; and a branch may have the name of another ref.
# A run is what was pushed, not what somebody puts in its place (refs/replace).
plainly='-c core.warnAmbiguousRefs=false -c i18n.logOutputEncoding=UTF-8
	-c i18n.commitEncoding=UTF-8 -c log.showSignature=false'

# shellcheck disable=SC2086 # settings have no spaces
bare () {
	LC_ALL=C GIT_NO_REPLACE_OBJECTS=1 git $plainly --git-dir="$repo" "$@"
}

# shellcheck disable=SC2086 # as above
become_bare () {
	# For a subshell that has nothing else to do
	LC_ALL=C GIT_NO_REPLACE_OBJECTS=1
	export LC_ALL GIT_NO_REPLACE_OBJECTS
	exec git $plainly --git-dir="$repo" "$@"
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
	# What changes what git does, or puts more between its words
	unset GIT_NAMESPACE GIT_LITERAL_PATHSPECS GIT_GLOB_PATHSPECS GIT_NOGLOB_PATHSPECS \
		GIT_ICASE_PATHSPECS GIT_EXTERNAL_DIFF GIT_DIFF_OPTS GIT_ATTR_SOURCE \
		GIT_TEMPLATE_DIR GIT_DEFAULT_HASH GIT_DEFAULT_REF_FORMAT GIT_FLUSH GIT_MERGE_VERBOSITY \
		GIT_CURL_VERBOSE GIT_TRACE GIT_TRACE_CURL GIT_TRACE_FSMONITOR \
		GIT_TRACE_PACKET GIT_TRACE_PACKFILE GIT_TRACE_PACK_ACCESS GIT_TRACE_REFS \
		GIT_TRACE_PERFORMANCE GIT_TRACE_SETUP GIT_TRACE_SHALLOW GIT_TRACE2 \
		GIT_TRACE2_EVENT GIT_TRACE2_PERF
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

