# --- Running it, while its answer is copied
#
# It reads and writes as if it were called directly: only the stream on which
# it tells what it submitted passes through tee.

relay () {
	# ARG...: sets $status, and $got where a signal arrived meanwhile
	status='' got='' child='' early=
	for signal in HUP INT QUIT TERM USR1 USR2
	do
		# shellcheck disable=SC2064 # the name is meant now
		trap "forward $signal" "$signal"
	done
	command exec 9<&0 || command exec 9</dev/null
	if command -v tee >/dev/null && mkfifo "$pipe" 2>/dev/null
	then
		copy &
		call "$pipe" "$@"
		await_copy
	else
		# Where there are no such pipes, it is shown when it has ended.
		call "$answer" "$@"
		copy_back
	fi
}

call () {
	# FILE ARG...
	written=$1
	shift
	(
		PATH=$callers_path
		GITBATCH_SUBMIT=$key GITBATCH_PARENT=$selves
		export GITBATCH_SUBMIT GITBATCH_PARENT
		if test "$speaks_on" = 2
		then
			exec "$real" "$@" <&9 9<&- 2>"$written"
		fi
		exec "$real" "$@" <&9 9<&- >"$written"
	) &
	child=$!
	test -z "$early" || forward "$early"
	await "$child"
	trap '' HUP INT QUIT TERM USR1 USR2
	test "$got:$status" != INT:143 || status=130
}

forward () {
	# SIGNAL: to the command, which sh has made deaf to two of them
	got=$1 interrupted=yes
	test -n "$child" || {
		early=$1
		return
	}
	case "$1" in
	INT | QUIT) kill -TERM "$child" ;;
	*) kill "-$1" "$child" ;;
	esac 2>/dev/null
}

copy () {
	trap '' HUP INT QUIT TERM
	if test "$speaks_on" = 2
	then
		tee "$answer" <"$pipe" >&2 9<&-
	else
		tee "$answer" <"$pipe" 2>/dev/null 9<&-
	fi
	: >"$copied"
}

copy_back () {
	if test "$speaks_on" = 2
	then
		cat "$answer" >&2
	else
		cat "$answer"
	fi
}

await_copy () {
	# It is there at once, but where a child that goes on keeps the stream.
	tries=0
	until test -f "$copied" || test "$tries" -ge 2100
	do
		tries=$((tries + 1))
		test "$tries" -lt 2000 || sleep 0.01 2>/dev/null || sleep 1
	done
}
