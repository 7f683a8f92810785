# --- Cancelling

kill_after=10 # seconds, for ending by itself

# sets: status
cancel_run () {
	# RUN
	find_run "$1"
	is_own || {
		ask_to_cancel
		return
	}
	judge
	case "$ended:$marking" in
	no:--unmark | yes:--unmark)
		rm -f "$dir/cancelled"
		return
		;;
	no:*) ;;
	*) # also where its results are on their way, or find no room
		echo "run $run has ended already: $state"
		return 1
		;;
	esac
	clock
	find_asker
	is_unwanted || put "$dir/cancelled" "time: $now
by: $asker"
	announce "$run"
	test "$marking" = no || return 0
	stop_processes
	told=$(settle_run)
	status=$?
	test "$status" = 3 || {
		echo "$told"
		return "$status"
	}
	judge
	if test "$known" = 0
	then
		give_up_run
		return 1
	fi
	echo "run $run is not on this host: cancel $unfinished with its scheduler; where nobody can, 'gitbatch settle $run cancelled' gives it up"
	return 3
}

# sets: owners
stop_processes () {
	# Those of now: descendants may outlive a job that has ended at TERM.
	owners=
	each_process note_owner
	signal_owners TERM
	wait_for_end "$kill_after"
	! owners_left || signal_owners KILL
	wait_for_end 5
	wait_for_burial
}

wait_for_end () {
	# SECONDS, at most
	tries=0
	while owners_left && test "$tries" -lt "$(($1 * 10))"
	do
		pause 0.1
		tries=$((tries + 1))
	done
}

give_up_run () {
	# Nobody else will ever say that it is over.
	settle_run cancelled '' 'no job of it was known' >/dev/null
	echo "run $run is given up: no job of it was known, so none was stopped"
}

check_own () {
	is_own || {
		field "$dir/request" submitter
		die "run $run belongs to ${value:-somebody else}: only they, or root, can change it"
	}
}

# sets: id mark owner scheduler
each_process () {
	# COMMAND...: with $owner set to each of the run's processes on this host
	mark=
	while test -f "$dir/started$mark"
	do
		field "$dir/started$mark" process
		owner=$value
		test -f "$dir/finished$mark" || "$@"
		next_mark
	done
	test -f "$dir/jobs" || return 0
	while read -r scheduler id owner
	do
		test "$scheduler" = local || continue
		case "$seen" in
		*"$newline""local $id$newline"*) ;;
		*) "$@" ;;
		esac
	done <"$dir/jobs"
}

# sets: each owners
note_owner () {
	# Where it leads no process group, also what it has started
	is_here "$owner" && ! gone "$owner" || return 0
	is_of_run "$its_pid" || {
		echo "run $run names process $its_pid, which is none of it, and gets no signal"
		return 0
	}
	owners=$owners$owner$newline
	! kill -0 "-$its_pid" 2>/dev/null || return 0
	for each in $(descendants "$its_pid")
	do
		! process "$each" || owners=$owners$process$newline
	done
}

# A job writes the files of its run, and may name anybody's process in them.

is_of_run () {
	# PID: of a process, or of the group that a dead one has left
	! process "$1" || {
		has_marks "$1"
		return
	}
	for each in $(group_members "$1")
	do
		! has_marks "$each" || return 0
	done
	return 1
} 2>/dev/null

# sets: each
group_members () {
	# PID: prints the processes of the group that it leads, or led
	if test -r /proc/self/stat
	then
		leader=$1
		for each in /proc/[0-9]*
		do
			read -r stat <"$each/stat" || continue
			# shellcheck disable=SC2086 # the fields are to be split
			set -- ${stat##*) }
			test "$3" != "$leader" || printf '%s\n' "${each#/proc/}"
		done
	else
		ps -A -o pid= -o pgid= |
		awk -v leader="$1" '$2 == leader { print $1 }'
	fi
}

has_marks () {
	# PID: does it have the run's directory in its environment, or work there?
	# Where there is no /proc, it has to be a wrapper of this batch remote: one
	# in our own queue names its run, and any other was there when it was noted.
	if test -r /proc/self/stat
	then
		tr '\0' '\n' <"/proc/$1/environ" | grep -qxF "GITBATCH_RUN_DIR=$dir" || case "$(
			cd -P "/proc/$1/cwd" && pwd -P)/" in
		"$dir"/*) ;;
		*) return 1 ;;
		esac
	else
		case "$(command_line "$1")" in
		*"$helper_dir/gitbatch wait-turn $run"[.\ ]*) ;;
		*"$helper_dir/gitbatch wait-turn "*) return 1 ;;
		*"$helper_dir/gitbatch "*) was_there "$1" ;;
		*) return 1 ;;
		esac
	fi
}

# sets: epoch
was_there () {
	# PID: is it as old as the run's note of its wrapper?  Where ps tells of no
	# beginnings, it tells ages; a minute is for clocks that were set since.
	test "$its_start" = - || return 0
	field "$dir/started$mark" time && moment "$value" && test "$moment" != 0 || return 1
	at_last=$epoch
	epoch_of "$value"
	noted=$epoch epoch=$at_last
	ps -o etime= -p "$1" | awk -v at_least="$((at_last - noted - 60))" '
		{
			n = split($1, age, /[-:]/)
			seconds = age[n] + 60 * (age[n - 1] + 60 * (age[n - 2] + 24 * age[n - 3]))
			was_there = seconds >= at_least
		}
		END { exit !was_there }'
}

# sets: owner
signal_owners () {
	# SIGNAL
	while read -r owner
	do
		is_here "$owner" && ! gone "$owner" || continue
		{
			kill "-$1" "-${owner%% *}" || kill "-$1" "${owner%% *}"
		} 2>/dev/null
	done <<-EOT
	$owners
	EOT
}

# sets: owner
owners_left () {
	while read -r owner
	do
		test -z "$owner" || gone "$owner" || return 0
	done <<-EOT
	$owners
	EOT
	return 1
}

# sets: owner
wait_for_burial () {
	# The dead keep their numbers until init has reaped them: some moments, in
	# which whoever looks would think that they live.
	while read -r owner
	do
		tries=0
		while name_parts "$owner" && is_here "$owner" &&
			test "$tries" -lt 30 &&
			{ kill -0 "-$its_pid" || kill -0 "$its_pid"; }
		do
			pause 0.1
			tries=$((tries + 1))
		done
	done <<-EOT
	$owners
	EOT
} 2>/dev/null
