# --- The parts of a job: its tasks and its wrappers

# sets: first_moment job_end job_exit job_start job_state last_moment sum_exit
# sets: sum_state summed
sum_tasks () {
	# STATE: what the tasks come to, where all of them have told how they ended
	summed=$newline sum_left=$tasks sum_state=ended sum_exit=0
	first='' first_moment=0 last='' last_moment=0
	show_parts tasks add_part
	show_told_tasks add_part
	no_evidence
	job_state=$1
	test "$sum_left" != 0 ||
	job_state=$sum_state job_exit=$sum_exit job_start=$first job_end=$last
}

# sets: sum_exit sum_left sum_state
add_part () {
	# ID
	case "$job_state:$sum_state" in
	ended:* | succeeded:* | cancelled:failed) ;;
	failed:* | cancelled:*) sum_state=$job_state ;;
	*) sum_left=- ;; # It goes on, or another wrapper of it.
	esac
	test "$sum_left" != - || return 0
	case "$summed" in
	*"$newline$1$newline"*) ;;
	*) summed=$summed$1$newline sum_left=$((sum_left - 1)) ;;
	esac
	! number "$job_exit" || test "$job_exit" -le "$sum_exit" || sum_exit=$job_exit
	begins "$job_start"
	ends "$job_end"
}

# sets: whole_job
show_told_tasks () {
	# COMMAND: of the tasks that only their scheduler told of
	told_name "$scheduler $id"
	for file in "$dir/told/${told_name%%%*}"[._+%]*
	do
		read_word "${file##*/}" && test "$word_context" = "${context#-}" || continue
		whole_of "$word_job"
		part=${word_job#* }
		case "$whole_job:$shown" in
		*"$newline$part$newline"*) continue ;;
		"$scheduler $id:"*) ;;
		*) continue ;;
		esac
		no_evidence
		whole_job=$id
		test "$part" = "$id" || ! has_word || "$1" "$part"
	done
	whole_job=$id
}

# sets: mark part
show_parts () {
	# whole|tasks COMMAND: of the wrappers that belong to this job
	mark=
	while test -f "$dir/started$mark"
	do
		if field "$dir/started$mark" job && test "${value%% *}" = "$scheduler" &&
			is_of_queue && ! field "$dir/finished$mark" superseded
		then
			field "$dir/started$mark" job
			part=${value#* }
			whole_id "$scheduler" "$part"
			case "$1:$part" in
			"whole:$whole_job" | tasks:*)
				test "$whole" != "$whole_job" ||
				test "$1:$part" = "tasks:$whole_job" || {
					read_evidence
					"$2" "$part"
				}
				;;
			esac
		fi
		next_mark
	done
}

show_part () {
	# ID: of the whole job, or of a task
	name_of "$scheduler" "$whole_job"
	one_line "$job_reason"
	printf 'job=%s %s\trun=%s\thow=%s\ttasks=%s\tcontext=%s\tstate=%s\texit=%s\tsignal=%s\tstart=%s\tend=%s\thost=%s\tlog=%s\tname=%s\treason=%s\n' \
		"$scheduler" "$1" "$run" "$how" "${tasks#-}" "${context#-}" \
		"$job_state" "$job_exit" "$job_signal" "$job_start" "$job_end" \
		"$job_host" "$job_log" "$named" "$one_line"
}

# sets: named
name_of () {
	# SCHEDULER ID: sets $named, as it was submitted
	named=
	case "$newline$names" in
	*"$newline$1 $2$tab"*)
		named="${names##*"$1 $2$tab"}"
		named=${named%%"$newline"*}
		;;
	esac
}
