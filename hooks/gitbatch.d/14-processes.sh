# --- Processes
#
# A process is named by "PID START BOOT HOST": pids are used again, machines
# are restarted, and a BASE on a network file system is seen by many hosts.
# BOOT says which start of which machine that was, whatever its name has
# become, and after a slash when its process 1 began: containers of one
# machine count their processes apart.

# sets: boot host machine pids_hidden
this_host () {
	pids_hidden=
	read -r host </proc/sys/kernel/hostname ||
	host=$(uname -n)
	read -r boot </proc/sys/kernel/random/boot_id ||
	boot=$(sysctl -n kern.bootsessionuuid || sysctl -n kern.boot_id)
	case "$boot" in
	'' | *[!0-9A-Za-z-]*) boot=- ;;
	esac
	machine=$boot
	test "$boot" != - || machine=$host
	test ! -r /proc/self/stat || {
		if read -r stat </proc/1/stat
		then
			# shellcheck disable=SC2086 # the fields are to be split
			set -- ${stat##*) }
			boot=$boot/${20}
		else
			pids_hidden=yes
		fi
	}
} 2>/dev/null

# sets: process
process () {
	# PID: sets $process, its name, or fails if there is none.  A dead one
	# that nobody has reaped is none.
	process=
	if test -r /proc/self/stat
	then
		{ read -r stat <"/proc/$1/stat"; } 2>/dev/null || return 1
		pid=$1
		# The command's own name may hold spaces and brackets.
		# shellcheck disable=SC2086 # the fields are to be split
		set -- ${stat##*) }
		case "$1" in
		[ZX]) return 1 ;;
		esac
		process="$pid ${20} $boot $host"
	else
		# What ps says of times depends on who asks.
		start=$(LC_ALL=C TZ=UTC0 ps -o stat= -o lstart= -p "$1" 2>/dev/null |
			tr -s ' ' _) || return 1
		start=${start#_}
		case "$start" in
		Z*) return 1 ;;
		'')
			# Where ps tells of no beginnings, the number has to do.
			case "$(LC_ALL=C ps -o pid= -o args= -p "$1" 2>/dev/null)" in
			'' | *' <defunct>') return 1 ;;
			esac
			start=-_-
			;;
		esac
		start=${start#*_}
		process="$1 ${start%_} $boot $host"
	fi
}

# sets: its_boot its_host its_pid its_start
name_parts () {
	# PROCESS: sets $its_pid, $its_start, $its_boot and $its_host
	its_pid=${1%% *}
	its_start=${1#* } its_host=${1##* }
	its_boot=${its_start#* }
	its_start=${its_start%% *} its_boot=${its_boot%% *}
	number "$its_pid" && test "$its_pid" -gt 1
}

is_here () {
	# PROCESS: 0 where it can be seen from here; 1 where its machine has been
	# started again since; 2 where it can't be seen.
	name_parts "$1" || return 1
	case "${its_boot%%/*} ${boot%%/*}" in
	'- '* | *' -')
		test "$its_host" = "$host" || return 2
		;;
	*)
		test "${its_boot%%/*}" = "${boot%%/*}" || {
			test "$its_host" != "$host" || return 1
			return 2
		}
		;;
	esac
	# Containers: both sides have to say which one they are in.
	case "$its_boot $boot" in
	*/*' '*/*) test "$its_boot" = "$boot" || return 2 ;;
	esac
}

alive () {
	# PROCESS: 0 yes, 1 no, 2 it can't be seen from here
	is_here "$1" || return "$?"
	if process "$its_pid"
	then
		start=${process#* }
		start=${start%% *}
		test "$start" != "$its_start" || return 0
		case "$start $its_start" in
		'- '* | *' -') return 0 ;;
		esac
		# Named from /proc, and by ps?
		case "$start $its_start" in
		*[!0-9]*' '*[!0-9]*) return 1 ;;
		*[!0-9\ ]*) return 2 ;;
		esac
		return 1
	fi
	# Where others' processes are hidden, only kill tells that there is one.
	test -n "$pids_hidden" || return 1
	case "$(LC_ALL=C kill -0 "$its_pid" 2>&1)" in
	*ermitted*) return 2 ;;
	esac
	return 1
}

gone () {
	# PROCESS: did it and its process group end?  Not where we can't see;
	# and another process of this number has a group of its own.
	alive "$1" && return 1
	test $? = 1 || return 1
	is_here "$1" || return 0
	! process "$its_pid" || return 0
	! group_lives "$its_pid"
}

# sets: each
group_lives () {
	# PID: has its process group a member that isn't dead and unreaped?
	if kill -0 "-$1"
	then
		:
	else
		case "$(LC_ALL=C kill -0 "-$1" 2>&1)" in
		*ermitted*) ;;
		*) return 1 ;;
		esac
		test -z "$pids_hidden" || return 0
	fi
	if test -r /proc/self/stat
	then
		leader=$1
		for each in /proc/[0-9]*/stat
		do
			read -r stat <"$each" || continue
			# shellcheck disable=SC2086 # the fields are to be split
			set -- ${stat##*) }
			case "$1:$3" in
			[ZX]:*) ;;
			*:"$leader") return 0 ;;
			esac
		done
		return 1
	fi
	test -n "$({ LC_ALL=C ps -A -o pgid= -o stat= || LC_ALL=C ps -A -o pgid= -o pid= -o args=; } |
		LC_ALL=C awk -v leader="$1" '$1 == leader && $2 !~ /^Z/ && !/ <defunct>$/')"
} 2>/dev/null

# sets: exit_status
exit_status () {
	# STATUS: sets $exit_status, that of a process that was waited for; of a
	# signal, yash tells by 384 and its number.
	exit_status=$1
	test "$exit_status" -le 255 || exit_status=$((exit_status - 256))
}

# sets: status
await () {
	# CHILD: sets $status to how it ended.  A signal ends the waiting, not the
	# child, whose status comes later; its trap sets $interrupted.
	status=
	while :
	do
		interrupted=
		wait "$1"
		exit_status "$?"
		# bash may have forgotten a status that it was told of while it waited.
		case "$status:$exit_status" in
		[0-9]*:127 | [0-9]*:-*) ;;
		*) status=$exit_status ;;
		esac
		test -n "$interrupted" || break
		# Of a child that goes on, it was that of the signal.
		! kill -0 "$1" 2>/dev/null || status=
	done
}

signal_all () {
	# SIGNAL PID: where it leads no process group, also what it has started
	# shellcheck disable=SC2046 # numbers
	kill "-$1" "-$2" || kill "-$1" "$2" $(descendants "$2")
}

descendants () {
	# PID
	LC_ALL=C ps -A -o pid= -o ppid= | awk -v ancestor="$1" '
		{ parent[$1] = $2 }
		END {
			for (pid in parent) {
				each = parent[pid]
				for (steps = 0; each > 1 && each != ancestor && steps < 99; steps++)
					each = parent[each]
				if (each == ancestor)
					print pid
			}
		}'
} 2>/dev/null
