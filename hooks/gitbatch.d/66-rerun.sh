# --- Running again

rerun () {
	# RUN [-o NAME=VALUE]...
	find_run "$1"
	reload_request
	shift
	take_options "$@"
	# Of a run again, it is the first one that is run again.
	case "$origin" in
	'rerun '*) ;;
	*) origin="rerun $run" ;;
	esac
	start_here "$branch" "$commit" "$origin"
}

start_branch () {
	# BRANCH [-o NAME=VALUE]...
	branch=$1
	commit=$(tip_of "$branch") || die "there is no branch $branch here"
	shift
	take_options "$@"
	start_here "$branch" "$commit" push
}

take_options () {
	options=
	while test $# -gt 1 && test "$1" = -o
	do
		case "$2" in
		*"$newline"*) die 'an option is one line' ;;
		esac
		options=$options${options:+$newline}$2
		shift 2
	done
	test $# = 0 || die "expected -o NAME=VALUE, not $1"
}

start_here () {
	exec 3>&1
	share=28672 room=28672
	report=$(start_run "$@" </dev/null)
	tell "$report"
	settle_others --waiting
	case "$report" in
	*' state=submitted '*) ;;
	*) return 1 ;;
	esac
}

