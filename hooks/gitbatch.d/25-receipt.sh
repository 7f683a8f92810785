# --- What the pusher is told

# sets: whose
whose () {
	# FILE: sets $whose, the name of its owner
	whose=$(stat -c %U "$1" 2>/dev/null || stat -f %Su "$1" 2>/dev/null) ||
	whose='somebody else'
	test "$whose" != UNKNOWN || whose=$(stat -c %u "$1")
}

# sets: one_line
refuse () {
	heart_of "$1"
	case "$one_line" in
	*'ermission denied'*)
		whose "$base"
		one_line="$base belongs to $whose, who has not shared it with you: 'gitbatch-tui setup --shared GROUP' does that ($one_line)"
		;;
	*'I/O error'* | *'rite error'* | *'No space left'*)
		one_line="$base can not be written, is its disk full or a quota reached? $one_line"
		;;
	esac
	printf 'gitbatch: no run for %s: %s\n' "$branch" "$one_line"
}

heart_of () {
	# TEXT: sets $one_line to the line that says why, or to all of it
	case "$newline$1" in
	*"${newline}fatal: "*) line=fatal ;;
	*"${newline}error: "*) line=error ;;
	*) line= ;;
	esac
	test -z "$line" || {
		set -- "$newline$1" "$newline$line: "
		set -- "${1#*"$2"}"
		set -- "$line: ${1%%"$newline"*}"
	}
	one_line "$1"
}

# sets: one_line
one_line () {
	# TEXT: sets $one_line
	case "$1" in
	*"$newline"* | *"$tab"*)
		one_line=$(printf '%s' "$1" | tr -s '\n\t' '  ')
		;;
	*)
		one_line=$1
		;;
	esac
}

tell () {
	# To the pusher, who may be gone.
	trap '' PIPE
	printf '%s\n' "$@" >&3
	trap - PIPE
} 2>/dev/null

scheduled () {
	# EXIT REASON: how schedule.sh ended, or why it never began
	one_line "$2"
	put "$dir/scheduled" "exit: $1
reason: $one_line" && announce "$run"
}

# sets: state
confirm () {
	# The receipt: nothing may be believed without it.
	field "$dir/scheduled" exit || {
		refuse "$dir can not be written"
		return 1
	}
	if test "$value" = 0
	then
		state=submitted
		printf 'gitbatch: when it has ended: git pull THIS-REMOTE %s\n' "$branch"
	else
		field "$dir/scheduled" reason
		test -z "$unrecorded" || {
			exclusively record_request
			rm -f "$dir/$draft.tmp"
		}
		if was_rejected
		then
			printf 'gitbatch: run %s was rejected: %s\n' "$run" "$value"
		else
			printf 'gitbatch: %s, as did a job that it waited for\n' "$value"
		fi
	fi
	receipt
}

# sets: said state
was_rejected () {
	# Of a run whose schedule.sh failed: sets $state.  Where it ended as a job did
	# that it had submitted, and waited for, its jobs tell what the run is in.
	said=$(as_begun "$helper_dir/gitbatch" settle "$run")
	case "$said" in
	"run $run: rejected" | "run $run has not ended: rejected") ;;
	"run $run: "* | "run $run has not ended: "*)
		state=submitted
		return 1
		;;
	esac
	state=rejected
}

receipt () {
	printf 'gitbatch: run=%s commit=%s state=%s branch=%s\n' \
		"$run" "$commit" "$state" "$branch"
}

