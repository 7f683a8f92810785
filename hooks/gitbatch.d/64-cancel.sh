# --- Cancelling

cancel_run () {
	# RUN
	find_run "$1"
	judge
	case "$ended" in
	settled)
		echo "run $run has ended already: $state"
		return 1
		;;
	esac
	test "$marking" != --unmark || {
		rm -f "$dir/cancelled"
		return
	}
	clock
	put "$dir/cancelled" "time: $now
by: ${LOGNAME:-${USER:-$(id -un)}}"
	test "$marking" = no || return 0
	# Those of now: descendants may outlive a job that has ended at TERM.
	owners=
	each_process note_owner
	signal_owners TERM
	tries=0
	while owners_left && test "$tries" -lt 50
	do
		pause 0.2
		tries=$((tries + 1))
	done
	! owners_left || signal_owners KILL
	while owners_left && test "$tries" -lt 100
	do
		pause 0.1
		tries=$((tries + 1))
	done
	settle_run
	case $? in
	3)
		judge
		echo "run $run is not on this host: cancel $job with its scheduler"
		return 3
		;;
	esac
}

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
		test "$scheduler" != local || has_begun "local $id" || "$@"
	done <"$dir/jobs"
}

note_owner () {
	test "${owner##* }" != "$host" || owners=$owners$owner$newline
}

signal_owners () {
	# SIGNAL
	while read -r owner
	do
		test "${owner#* * }" = "$boot $host" && ! gone "$owner" || continue
		{
			kill "-$1" "-${owner%% *}" || kill "-$1" "${owner%% *}"
		} 2>/dev/null
	done <<-EOT
	$owners
	EOT
}

owners_left () {
	while read -r owner
	do
		test -z "$owner" || gone "$owner" || return 0
	done <<-EOT
	$owners
	EOT
	return 1
}

