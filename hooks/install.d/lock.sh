# --- One install at a time

is_gone () {
	# PID HOST BOOT of the install that holds the lock; one that was killed at once noted nothing
	case "$1" in
	'' | *[!0-9]*)
		test "$waited" -ge 3
		return
		;;
	esac
	test "$2" = "$host" || return
	test "$3" = "$boot" || return 0
	if test -d /proc/self
	then
		! test -d "/proc/$1"
	else
		! kill -0 "$1" 2>/dev/null
	fi
}

alone () {
	# What two do at once here ends as if one had done it
	lock=$base/install.lock
	host=$(uname -n)
	boot=$(cat /proc/sys/kernel/random/boot_id 2>/dev/null)
	waited=0
	while ! trouble=$(mkdir "$lock" 2>&1)
	do
		test -d "$lock" || test "$waited" -lt 3 || failed "$trouble"
		pid='' its_host='' its_boot=''
		test ! -r "$lock/process" || read -r pid its_host its_boot <"$lock/process"
		if is_gone "$pid" "$its_host" "$its_boot"
		then
			mv "$lock" "$lock.$$" 2>/dev/null && rm -rf "$lock.$$"
			continue
		fi
		waited=$((waited + 1))
		test "$waited" -le 60 ||
		die "another install is at work in $base (process $pid on $its_host); if there is none, remove $lock"
		sleep 1
	done
	trap 'rm -rf "$lock"' EXIT
	trap 'exit 1' HUP INT TERM
	printf '%s\n' "$$ $host $boot" >"$lock/process"
}
