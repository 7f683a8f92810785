# --- schedule.sh

# sets: reason
objection () {
	# Sets $reason to why schedule.sh can't be run at all.
	script=$dir/tree/schedule.sh
	reason=
	if ! test -f "$script"
	then
		reason="there is no schedule.sh in this commit: 'gitbatch-tui new' writes one"
	elif ! test -x "$script"
	then
		reason="schedule.sh is not executable: 'git update-index --chmod=+x schedule.sh', commit and push again"
	elif IFS= read -r line <"$script" && ends_as_on_windows "$line"
	then
		reason="schedule.sh has Windows line ends (CRLF): save it with LF, commit and push again"
	fi
	test -z "$reason"
}

ends_as_on_windows () {
	# LINE: is what ends it the only control character?  A program that was
	# compiled has others.
	case "${1%?}" in
	*[[:cntrl:]]*) return 1 ;;
	esac
	test "${1%[[:cntrl:]]}" != "${1%[[:blank:]]}"
}

# sets: room script status
schedule () {
	{ printf '' >"$dir/schedule.log"; } 2>/dev/null || {
		refuse "$dir can not be written"
		return
	}
	if ! objection
	then
		scheduled 126 "$reason"
		return
	fi
	exec 4<"$dir/schedule.log"
	run_script </dev/null >"$dir/schedule.log" 2>&1 3>&- 4<&- 9>&- &
	script=$!
	# In braces: a function's own redirections would keep the old ones open.
	{
		relay_until_told
	} </dev/null >/dev/null 2>&1 &
	relay=$!
	wait "$script" 2>/dev/null
	exit_status "$?"
	status=$exit_status
	kill "$relay" 2>/dev/null
	explain
	scheduled "$status" "$reason"
	wait "$relay" 2>/dev/null
	case $? in
	0) ;;
	1) room=0 ;;
	*) # it was told before it could listen, and has copied nothing
		relay
		;;
	esac
	exec 4<&-
	end_relay
}

export_run () {
	GITBATCH=$helper_dir/gitbatch
	GITBATCH_RUN=$run
	GITBATCH_RUN_DIR=$dir
	GITBATCH_BRANCH=$branch
	GITBATCH_COMMIT=$commit
	export GITBATCH GITBATCH_RUN GITBATCH_RUN_DIR GITBATCH_BRANCH GITBATCH_COMMIT
	unset GITBATCH_TASKS
	case "$origin" in
	*', tasks '*) export "GITBATCH_TASKS=${origin##*, tasks }" ;;
	esac
	test -z "$options" || while IFS= read -r option
	do
		export_option "$option"
	done <<-EOT
	$options
	EOT
}

export_option () {
	# NAME=VALUE: under its name as it is and in capitals.  Other names are
	# in the request, and nowhere else.
	option_name=${1%%=*}
	case "$1" in
	*=*) option_value=${1#*=} ;;
	*) option_value= ;;
	esac
	case "$option_name" in
	'' | *[!A-Za-z0-9_]*)
		return
		;;
	*[a-z]*)
		capitals_of "$option_name"
		# An option that has this name itself keeps its value.
		case "$newline$options" in
		*"$newline$capitals="*) ;;
		*) export "GITBATCH_OPTION_$capitals=$option_value" ;;
		esac
		;;
	esac
	export "GITBATCH_OPTION_$option_name=$option_value"
}

# sets: capitals
capitals_of () {
	# NAME: sets $capitals; once for each, since runs of a sweep have the same
	eval "capitals=\${capitals_$1-}"
	test -n "$capitals" || {
		capitals=$(printf %s "$1" | tr '[:lower:]' '[:upper:]')
		eval "capitals_$1=\$capitals"
	}
}

run_script () {
	leave_git_programs
	export_run
	restore_locale
	read_profile
	lead_path
	cd "$dir/tree" || exit
	unset OLDPWD
	test -z "$has_setsid" || exec setsid ./schedule.sh
	exec ./schedule.sh
}

read_profile () {
	# One that ends by exit must not be taken for a schedule.sh that ended well;
	# by then, not every shell has the redirections of run_script any more.
	test -f "$base/profile" || return 0
	trap 'echo "error: $base/profile ended by exit, before schedule.sh" >>"$dir/schedule.log"; exit 125' EXIT
	# shellcheck source=/dev/null
	. "$base/profile"
	trap - EXIT
}

# What schedule.sh prints goes to a file, and from there to the pusher: as
# much as a pipe surely holds, so that one which nobody reads blocks nothing.

# sets: room
relay () {
	test "$room" -gt 0 && test -s "$dir/schedule.log" || return 0
	# As much as is there by now: not every dd says how much it has copied.
	unsent=$(($(wc -c <"$dir/schedule.log") - share + room))
	test "$unsent" -gt 0 || return 0
	test "$unsent" -lt "$room" || unsent=$room
	dd bs="$unsent" count=1 <&4 >&3 2>/dev/null
	room=$((room - unsent))
}

relay_until_told () {
	trap '' PIPE
	told=
	trap 'told=yes' TERM
	ticks=0 tick=0.1 lasts=1
	# Where nobody is told anything, only the time matters.
	test "$room" -gt 0 || tick=1 lasts=10
	while test -z "$told"
	do
		sleep "$tick" 3>&- 4<&- &
		wait "$!" || test -n "$told" ||
		tick=1 lasts=10 ticks=$((ticks / 10 * 10))
		heard=$told
		relay
		ticks=$((ticks + lasts))
		test "$((ticks % 10))" = 0 || continue
		# Whoever was to tell it may have been killed.
		kill -0 "$script" || break
		test "$ticks" != 10 || setting scheduletimeout 300
		test "$ticks" != "$((value * 10))" || {
			printf '%s\n' "$value" >"$dir/overtime.tmp"
			signal_all TERM "$script"
		}
		test "$ticks" != "$((value * 10 + 20))" || signal_all KILL "$script"
	done
	test -n "$heard" || relay
	test "$room" -gt 0
}

end_relay () {
	test -s "$dir/schedule.log" || return 0
	if test "$room" -le 0
	then
		tell '' "gitbatch: (the rest of what schedule.sh printed is in $dir/schedule.log)"
	else
		while IFS= read -r line
		do
			:
		done <"$dir/schedule.log"
		test -z "$line" || tell '' # after a last line without an end
	fi
}

# sets: reason
explain () {
	# Sets $reason, why schedule.sh failed, in words
	if test -f "$dir/overtime.tmp"
	then
		read -r limit <"$dir/overtime.tmp"
		rm -f "$dir/overtime.tmp"
		reason="schedule.sh took longer than $limit s and was stopped"
		return
	fi
	case "$status" in
	0)
		reason=
		;;
	126 | 127)
		reason="schedule.sh could not be run (exit $status): is its first line the path of a program that is here, or a command in it missing? See schedule.log"
		;;
	*)
		said_line=$(last_error "$dir/schedule.log")
		reason="schedule.sh ended with exit status $status${said_line:+: $said_line}"
		;;
	esac
}

last_error () {
	# Of FILE's end, cut to what fits a line
	tail -c 16384 "$1" 2>/dev/null | awk '
		{
			sub(/\r+$/, "")
			sub(/.*\r/, "")
			gsub(/\033\[[0-9;:?]*[ -\/]*[@-~]/, "")
			gsub(/[\001-\037\177]+/, " ")
			sub(/^ +/, "")
		}
		tolower($0) ~ /error|exception|fatal|panic|abort|fail|killed|denied|segmentation fault|no such|not found|cannot|can.t / { last = $0 }
		END {
			if (length(last) > 200) {
				last = substr(last, 1, 200)
				sub(/[\300-\377][\200-\277]*$/, "", last)
				last = last "..."
			}
			print last
		}'
}
