# --- Why a job failed

# sets: why
blame () {
	# Sets $why where only an exit status is known: what killed the job, or the
	# last line of its log that looks like an error
	test "$status" != 0 && test -z "$why" || return 0
	if test "$status" = 137 && ran_out_of_memory
	then
		why='it ran out of memory'
	else
		why=$(last_error "$dir/log$mark")
	fi
}

# sets: _ name
ran_out_of_memory () {
	# Did the kernel kill something of this job for want of memory?
	while IFS=: read -r _ controllers group
	do
		case "$controllers" in
		'') events=/sys/fs/cgroup$group/memory.events ;;
		memory) events=/sys/fs/cgroup/memory$group/memory.oom_control ;;
		*) continue ;;
		esac
		while read -r name times
		do
			test "$name:$times" = oom_kill:0 || test "$name" != oom_kill || return 0
		done <"$events"
	done </proc/self/cgroup
	return 1
} 2>/dev/null
