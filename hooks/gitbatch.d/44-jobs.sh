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

# sets: submit
each_intent () {
	# COMMAND...: after read_call of each that had no answer
	for submit in "$dir"/submits/*
	do
		test -f "$submit" || continue
		read_call
		! is_intent || has_told_begin || "$@"
	done
}

show_intent () {
	printf 'intent=%s\trun=%s\tprogram=%s\tscheduler=%s\tdirectory=%s\tname=%s\ttime=%s\tcontext=%s\n' \
		"${submit##*/}" "$run" "$program" "$scheduler" "$directory" "$name" \
		"$time" "$context"
}

# sets: id given program
as_recorded () {
	# SCHEDULER ID: sets $id, as it is when its submit command printed it
	id=$2
	case " $schedulers " in
	*" $1 "*) ;;
	*) return ;;
	esac
	grammar_of "$1" commands
	program=${value%% *} given=
	"$1_alone" "$2" && sound_id "$id" || id=$2
}

# sets: context
name_a_job () {
	# SCHEDULER ID: "$GITBATCH" job
	load_grammars
	as_recorded "$@"
	set -- "$1" "$id"
	case "$1$2" in
	*[!A-Za-z0-9._:@%+,/\[\]-]*) die 'that is no scheduler and id' ;;
	esac
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
