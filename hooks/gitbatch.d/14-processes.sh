# --- Processes
#
# A process is named by "PID START BOOT HOST": pids are used again, machines
# are restarted, and a BASE on a network file system is seen by many hosts.

this_host () {
	read -r host </proc/sys/kernel/hostname ||
	host=$(uname -n)
	read -r boot </proc/sys/kernel/random/boot_id ||
	boot=-
} 2>/dev/null

process () {
	# PID: sets $process, its name, or fails if there is none.
	process=
	if test -r /proc/self/stat
	then
		{ read -r stat <"/proc/$1/stat"; } 2>/dev/null || return 1
		pid=$1
		# The command's own name may hold spaces and brackets.
		# shellcheck disable=SC2086 # the fields are to be split
		set -- ${stat##*) }
		test "$1" != Z || return 1
		process="$pid ${20} $boot $host"
	else
		start=$(ps -o lstart= -p "$1" 2>/dev/null | tr -s ' ' _) &&
		test -n "$start" || return 1
		process="$1 $start $boot $host"
	fi
}

alive () {
	# PROCESS: 0 yes, 1 no, 2 it is on a host that can't be seen from here
	test -n "$1" || return 1
	test "${1##* }" = "$host" || return 2
	process "${1%% *}" && test "$process" = "$1"
}

# A lock is a file with its owner's name: linked into place, so that it is
# never seen without it, and known to be stale once the owner is gone.

publish () {
	# FILE TEXT: fails where FILE is there already.
	printf '%s\n' "$2" >"$1.$$.tmp" &&
	ln "$1.$$.tmp" "$1" 2>/dev/null
	published=$?
	rm -f "$1.$$.tmp"
	return "$published"
}

lock () {
	# FILE SECONDS: sets $died if its last owner died with it
	lock_tries=$(($2 * 10))
	died=
	until publish "$1" "$me"
	do
		test -w "${1%/*}" || return 1
		owner=
		{ read -r owner <"$1"; } 2>/dev/null || continue
		if held "$1"
		then
			test "$lock_tries" -gt 0 || return 1
			lock_tries=$((lock_tries - 1))
			pause 0.1
		else
			died=yes
			rm -f "$1"
		fi
	done
}

held () {
	# FILE: is the owner of that lock at work?  One on a host that can't be
	# seen from here gets a quarter of an hour.
	read -r owner <"$1" || return 1
	alive "$owner"
	case $? in
	0) return 0 ;;
	1) return 1 ;;
	*) ! old "$1" 15 ;;
	esac
} 2>/dev/null

old () {
	# FILE MINUTES: has FILE been there for longer?
	test -n "$(find "$1" -prune -mmin "+$2" 2>/dev/null)"
}

