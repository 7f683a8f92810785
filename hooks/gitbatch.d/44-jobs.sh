# --- What is known of the jobs of a run

# sets: run
show_jobs () {
	# RUN...: a line a run, below it one for each job, for each task of an
	# array that told of itself, and for each call that had no answer
	head_line
	for run
	do
		find_run "$run"
		show_run
	done
	echo end
}

# sets: mark past
note_around () {
	# Sets $past: yes where a script of the run may submit past the record
	past=no mark=
	while test -f "$dir/started$mark"
	do
		! field "$dir/started$mark" around || past=yes
		next_mark
	done
	test "$around" = ' ' || past=yes
}

# sets: accepted context how id scheduler tasks
show_run () {
	known_jobs
	find_twins
	accepted='' scheduling=no
	! field "$dir/request" time || accepted=$value
	! still_scheduling || scheduling=yes
	note_around
	printf 'run=%s\taccepted=%s\tdir=%s\tscheduling=%s\tintents=%s\taround=%s\n' \
		"$run" "$accepted" "$dir" "$scheduling" "$intents" "$past"
	while IFS=$tab read -r scheduler id how tasks context
	do
		test -z "$scheduler" || show_job
	done <<-EOT
	$jobs
	EOT
	test "$intents" = 0 || each_intent show_intent
}

# sets: has_told shown whole_job
show_job () {
	# The whole job, then its tasks
	whole_job=$id shown=$newline has_told=
	test ! -d "$dir/told" || has_told=yes
	show_parts whole show_part
	test "$shown" != "$newline" || {
		no_evidence
		tell_apart "$scheduler $whole_job" "$context"
		this_twin=$twin whole_job=$id
		take_word "$scheduler $whole_job$this_twin"
		case "$job_state" in
		waiting | absent) ! number "$tasks" || sum_tasks "$job_state" ;;
		esac
		show_part "$whole_job"
	}
	show_parts tasks show_part
	show_told_tasks show_part
}

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

# sets: value
is_of_queue () {
	# Is the wrapper with this $mark of this queue, or is there no other one?
	case "$twins" in
	*"$newline$scheduler $whole_job$newline"*) ;;
	*) return 0 ;;
	esac
	value=
	field "$dir/started$mark" context
	test "$value" = "${context#-}"
}

# sets: job_end job_exit job_host job_log job_reason job_signal job_start
# sets: job_state
no_evidence () {
	job_state=waiting job_exit='' job_signal='' job_start='' job_end='' job_host=''
	job_log='' job_reason=''
}

take_word () {
	# JOB: that of its scheduler, where it told nothing itself
	! word_of "$1" || has_word || :
}

# sets: job_end job_exit job_host job_log job_reason job_start job_state
has_word () {
	# Of what was read: sets what it tells, if that is to stay
	case "$word" in
	succeeded | failed | cancelled | absent | never) job_state=$word ;;
	*) return 1 ;;
	esac
	job_exit=$word_exit job_start=$word_start
	job_end=$word_end job_reason=$word_reason
	job_host=$word_host job_log=$word_log
}

# sets: job_end job_exit job_host job_log job_reason job_signal job_start
# sets: job_state shown
read_evidence () {
	# Of the wrapper with this $mark
	no_evidence
	shown=$shown$part$newline
	! test -f "$dir/log$mark" || job_log=log$mark
	read_started
	read_finished
	job_start=$began_at job_host=$on
	if tells_end && ! script_goes_on
	then
		job_state=${ended_of:-ended} job_exit=$code job_signal=$signal_of
		job_end=$finished_at job_reason=$reason_of
		return
	fi
	case "$where" in
	here) job_state=running ;;
	gone) job_state=gone ;;
	*) job_state=unseen ;;
	esac
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

# sets: submit
each_intent () {
	# COMMAND...: after read_call of each that had no answer
	for submit in "$dir"/submits/*
	do
		test -f "$submit" || continue
		read_call
		! is_intent || "$@"
	done
}

show_intent () {
	printf 'intent=%s\trun=%s\tprogram=%s\tscheduler=%s\tdirectory=%s\tname=%s\ttime=%s\tcontext=%s\n' \
		"${submit##*/}" "$run" "$program" "$scheduler" "$directory" "$name" \
		"$time" "$context"
}

# sets: context
name_a_job () {
	# SCHEDULER ID: "$GITBATCH" job
	case "$1$2" in
	*[!A-Za-z0-9._:@%+,/\[\]-]*) die 'that is no scheduler and id' ;;
	esac
	load_grammars
	context=
	case " $schedulers " in
	*" $1 "*) context_of "$1" ;;
	*)
		printf >&2 'gitbatch: %s is no scheduler that can be asked here (known are%s): run %s stays unknown until something tells its end\n' \
			"$1" "$schedulers" "$run"
		;;
	esac
	printf '%s %s%s\n' "$1" "$2" "${context:+ - $context}" >>"$dir/jobs"
	announce "$run"
}
