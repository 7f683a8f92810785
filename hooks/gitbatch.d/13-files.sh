# --- Files that appear whole
#
# Creating one has three outcomes: it is made, it is there already, or it can't
# be made.  Who waits for the second may wait in vain for the third.  Within a
# trap, return without a status gives that of what the signal has interrupted.

keeps_lists () {
	# Can sh keep a here-document?  bash before 5.1 does so in a file: where there
	# is no room for it, all that is read from one seems to be nothing.
	IFS= read -r line <<-EOT
		x
	EOT
} 2>/dev/null

# sets: trouble
put () {
	# FILE TEXT: FILE appears whole, or not at all and $trouble says why.
	put_now "$@" 2>/dev/null || trouble=$(put_now "$@" 2>&1)
}

put_now () {
	printf '%s\n' "$2" >"$1.$$.tmp" && mv -f "$1.$$.tmp" "$1" && return 0
	rm -f "$1.$$.tmp"
	return 1
}

publish () {
	# FILE TEXT: 0 where it is made, 1 where it is there already, 2 where it
	# can't be made, and $trouble says why.
	publish_now "$@" 2>/dev/null && return 0
	test ! -e "$1" && test ! -h "$1" || return 1
	publish_alone "$@"
}

publish_now () {
	printf '%s\n' "$2" >"$1.$$.tmp" && ln "$1.$$.tmp" "$1"
	published=$?
	rm -f "$1.$$.tmp"
	return "$published"
}

publish_alone () {
	# The same where there are no hard links: whose turn it is may rename.
	turns=0
	while :
	do
		begin_turn "$1" && break
		test $? = 1 && test "$turns" -lt 50 || return 2
		turns=$((turns + 1))
		pause 0.1
	done
	published=0
	# The one that was in the way may have gone meanwhile: where there are hard
	# links, others come without a turn.
	publish_now "$@" 2>/dev/null || {
		published=1
		test -e "$1" || test -h "$1" || {
			put "$@"
			published=$(($? * 2))
		}
	}
	rmdir "$1.turn" 2>/dev/null
	return "$published"
}

# sets: trouble
begin_turn () {
	# FILE: 0 where mkdir has made it ours; 1 where it is somebody else's, until
	# that is gone or, of one who was killed, a minute old; 2 where it can't be
	# made, and $trouble says why.
	begin_tries=0
	until trouble=$(mkdir "$1.turn" 2>&1)
	do
		test ! -d "$1.turn" || {
			! old "$1.turn" 1 || rmdir "$1.turn" 2>/dev/null
			return 1
		}
		begin_tries=$((begin_tries + 1))
		test "$begin_tries" -lt 3 || return 2
	done
}

# sets: trouble
activate () {
	# Notes that run $run is not settled; BASE's own folders may have been
	# removed by hand.
	{ printf '' >"$base/active/$run"; } 2>/dev/null || {
		mkdir -p "$base/active" "$base/queue" 2>/dev/null
		trouble=$({ printf '' >"$base/active/$run"; } 2>&1)
	}
}

announce () {
	# Whoever watches looks at this instead of at every run.
	changes=$((${changes:-0} + 1))
	printf '%s\n' "$$ $changes ${host:-} $1" >"$base/runs/.changed"
	return 0
} 2>/dev/null

old () {
	# FILE MINUTES: has FILE been there for longer?  Not every find counts
	# minutes.
	test -n "$(find "$1" -prune -mmin "+$2" 2>/dev/null ||
		find "$1" -prune -mtime +0 2>/dev/null)"
}

# A lock is a file with its owner's name, never seen without it, and known to be
# stale once the owner is gone.

# sets: died
lock () {
	# FILE SECONDS: 0 where it is ours; 1 where it is somebody else's; 2 where
	# it can't be made.  Sets $died if its last owner died with it.
	lock_tries=$(($2 * 10)) died=
	while :
	do
		publish "$1" "$me"
		locked=$?
		test "$locked" = 1 || return "$locked"
		! held "$1" && take_away "$1" "$owner"
		case $? in
		0)
			died=yes
			continue
			;;
		2) return 2 ;;
		esac
		test "$lock_tries" -gt 0 || return 1
		lock_tries=$((lock_tries - 1))
		pause 0.1
	done
}

# sets: owner
held () {
	# FILE: is $owner, the owner of that lock, at work?  One that can't be
	# seen from here gets a quarter of an hour.
	owner=
	read -r owner <"$1" || return 1
	alive "$owner"
	case $? in
	0) return 0 ;;
	1) return 1 ;;
	*) ! old "$1" 15 ;;
	esac
} 2>/dev/null

take_away () {
	# FILE OWNER, who is gone; but is it still the one whose file this is?  Only
	# whose turn it is looks and removes, so that nobody takes away the next one's.
	begin_turn "$1" || return
	moved=
	{ read -r moved || :; } <"$1" && test "$moved" = "$2" && rm -f "$1"
	moved=$?
	rmdir "$1.turn"
	return "$moved"
} 2>/dev/null

# sets: trouble
clear_away () {
	# Folders in it may be read-only, as caches of modules are.  Links are not
	# followed.  Sets $trouble where something is left.
	test -e "$1" || return 0
	rm -rf "$1" 2>/dev/null && return
	find "$1" -type d ! -perm -700 -exec chmod u+rwx {} \; 2>/dev/null
	trouble=$(rm -rf "$1" 2>&1 | head -n 1)
	test ! -e "$1"
}

