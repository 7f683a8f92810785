# --- Running again

# sets: origin
rerun () {
	# RUN [--tasks LIST] [--token TOKEN] [-o NAME=VALUE]...
	find_run "$1"
	reload_request
	shift
	# Of a run again, it is the first one that is run again.
	case "$origin" in
	'rerun '*) origin=${origin%%, tasks *} ;;
	*) origin="rerun $run" ;;
	esac
	if test "${1:-}" = --tasks
	then
		case "${2:-}" in
		'' | *[!0-9,]*) die '--tasks takes the numbers of tasks: 1,4,7' ;;
		esac
		origin="$origin, tasks $2"
		shift 2
	fi
	take_options "$@"
	test -z "$wanted" || die '--commit is for start'
	start_here "$branch" "$commit" "$origin"
}

start_branch () {
	# BRANCH [--commit ID] [--token TOKEN] [-o NAME=VALUE]...
	branch=$1
	shift
	take_options "$@"
	commit=$wanted
	if test -z "$commit"
	then
		tip_of "$branch" || die "there is no branch $branch here"
		commit=$branch_tip
	else
		bare cat-file -e "$commit^{commit}" 2>/dev/null ||
		die "there is no commit $commit here"
		bare check-ref-format "refs/heads/$branch" || die "$branch is no name of a branch"
	fi
	start_here "$branch" "$commit" push
}

# sets: options wanted
take_options () {
	# Sets $options, $token and $wanted, a commit.
	options='' wanted=
	while test $# -gt 1
	do
		case "$1$2" in
		*"$newline"*) die 'an option is one line' ;;
		-o*) options=$options${options:+$newline}$2 ;;
		--token*) take_token "$2" || die 'a token has 16 to 64 letters and digits' ;;
		--commit*)
			wanted=$2
			case "${#wanted}:$wanted" in
			*:*[!0-9a-f]*) wanted= ;;
			40:* | 64:*) ;;
			*) wanted= ;;
			esac
			test -n "$wanted" || die '--commit takes a full id'
			;;
		*) break ;;
		esac
		shift 2
	done
	test $# = 0 || die "expected -o NAME=VALUE, not $1"
}

# sets: room share
start_here () {
	exec 3>&1
	account_environment
	share=28672 room=28672
	report=$(start_run "$@" </dev/null)
	tell "$report"
	settle_waiting
	case "$report" in
	*"gitbatch: run="*' state=submitted '*) ;;
	*) return 1 ;;
	esac
}

