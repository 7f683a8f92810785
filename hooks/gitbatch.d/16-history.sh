# --- History
#
# A record is a commit whose message ends in "Key: value" lines.  The swap is
# what makes it safe; flock only spares those who were too late more retries.

# sets: author
author_now () {
	author="gitbatch <gitbatch@localhost> $epoch +0000"
}

# sets: object
commit_object () {
	# MESSAGE PARENT...: sets $object
	text=$1
	shift
	object="tree ${record_tree:-$empty_tree}"
	for parent
	do
		object="$object${newline}parent $parent"
	done
	author_now
	object="$object${newline}author $author${newline}committer $author$newline$newline$text"
}

# sets: said trouble
ask () {
	# COMMAND...: sets $said to what it prints.  One that fails is tried again,
	# for what it complains of: sets $trouble.
	said=$("$@" 2>/dev/null) && return 0
	trouble=$("$@" 2>&1 >/dev/null) && said=$("$@" 2>/dev/null) && return 0
	test -n "$trouble" || trouble='git failed without a word'
	return 1
}

# sets: trouble
ask_ids () {
	# The same where the answer has to be ids, a line each
	ask "$@" || return 1
	case "$said" in
	*[!0-9a-f"$newline"]* | '')
		trouble="git did not answer with ids but with: $said"
		return 1
		;;
	esac
}

# sets: id ids
unique () {
	# ID...: sets $ids, each of them once
	ids=
	for id
	do
		case " $ids " in
		*" $id "*) ;;
		*) ids="$ids $id" ;;
		esac
	done
}

# sets: log tips_seen trouble
swap () {
	# MESSAGE KEPT [REF NEW OLD]: one try to append MESSAGE to the log (none
	# if it is empty), KEPT to what is kept, and to move REF, all or none.
	# The log comes last: what it says has happened.
	test -n "$epoch" || clock
	tips=$tips_seen tips_seen=
	test -n "$tips" || {
		ask_ids bare rev-parse refs/gitbatch/keep refs/gitbatch/log || return 1
		tips=$said
	}
	keep=${tips%%"$newline"*}
	log=${tips#*"$newline"}
	message=$1
	# shellcheck disable=SC2086 # ids have no spaces
	unique $keep $2
	swap_ref=$3 swap_new=$4 swap_old=$5
	# shellcheck disable=SC2086
	commit_object "run $run" $ids
	{ printf '%s\n' "$object" >"$dir/$draft.tmp"; } 2>/dev/null || {
		trouble=$({ printf '%s\n' "$object" >"$dir/$draft.tmp"; } 2>&1)
		trouble="$dir can not be written, is its disk full or a quota reached? ${trouble##*: }"
		return 1
	}
	commit_object "$message" "$log"
	ask_ids write_objects || return 1
	objects=$said
	updates="update refs/gitbatch/keep ${objects#*"$newline"} $keep"
	test -z "$swap_ref" ||
	updates="$updates${newline}update $swap_ref $swap_new $swap_old"
	test -z "$message" ||
	updates="$updates${newline}update refs/gitbatch/log ${objects%"$newline"*} $log"
	trouble=$(become_bare -c core.filesRefLockTimeout=100 \
		update-ref --stdin 2>&1 <<-EOT
		$updates
		EOT
	)
}

write_objects () {
	# Prints the ids of $object and of the one that is in a file
	become_bare hash-object -t commit -w --stdin "$dir/$draft.tmp" <<-EOT
	$object
	EOT
}

exclusively () {
	# COMMAND...: tries COMMAND until it succeeds; where somebody else was
	# quicker, one process at a time.
	tries=0
	until "$@"
	do
		case "$trouble" in
		*'.lock'*'File exists'* | *'cannot lock ref'* | *'is at '* | *"couldn't set"*)
			;;
		*)
			return 1
			;;
		esac
		tries=$((tries + 1))
		case "$tries" in
		10) { printf '' >"$dir/waits.$$.tmp"; } 2>/dev/null ;;
		25) unlock_refs ;;
		60) return 1 ;;
		esac
		test "$tries" = 1 && command -v flock >/dev/null 2>&1 && flock -w 20 9 ||
		pause "0.0$((($$ + tries * 7) % 9 + 1))"
	done
	test "$tries" -lt 10 || rm -f "$dir/waits.$$.tmp"
} 9>>"$repo/gitbatch/lock"

unlock_refs () {
	# A git that was killed leaves its locks.  Those of the refs which only
	# this program moves are nobody else's; one that has been there for all
	# of 15 tries is stale, and others' locks, which come and go, are not.
	set -- "$repo/refs/gitbatch/log.lock" "$repo/refs/gitbatch/keep.lock"
	test -z "$died" || set -- "$@" "$repo/refs/heads/$branch.lock" \
		"$repo/refs/heads/$branch-run$run.lock"
	find "$@" ! -newer "$dir/waits.$$.tmp" -exec rm -f {} + 2>/dev/null
	rm -f "$dir/waits.$$.tmp"
}

