# --- What schedulers say

tell_run () {
	# RUN, and on standard input a line a job, fields with tabs between: keeps
	# what is told, and settles the run if it has ended by that.
	find_run "$1"
	clock
	find_after
	known_jobs
	find_twins
	while IFS= read -r said_line
	do
		read_fields "$said_line"
		case "$t_intent:$t_job" in
		?*:*) resolve_intent "$t_intent" "$t_id" ;;
		:?*' '?*) note_told ;;
		*) test -z "$t_asked" || note_asked ;;
		esac
	done
	announce "$run"
	judge
	test "$ended" != yes && { test "$ended" = settled || ! test -f "$dir/settled"; } ||
	settle_run
}

# sets: key t_asked t_context t_end t_exit t_host t_how t_id t_intent t_job
# sets: t_log t_name t_reason t_signal t_start t_state t_tasks
read_fields () {
	# LINE: sets $t_KEY for each of the keys below
	t_job='' t_state='' t_exit='' t_signal='' t_start='' t_end='' t_host=''
	t_reason='' t_context='' t_tasks='' t_log='' t_name='' t_how='' t_intent='' t_id='' t_asked=''
	rest=$1$tab
	while test -n "$rest"
	do
		value=${rest%%"$tab"*}
		rest=${rest#*"$tab"}
		key=${value%%=*}
		case "$key" in
		job | state | exit | signal | start | end | host | reason | context | \
			tasks | log | name | how | intent | id | asked)
			value=${value#*=}
			eval "t_$key=\$value"
			;;
		esac
	done
}

note_asked () {
	# This scheduler was asked for jobs of the run that nobody recorded, and
	# knows no other: true until one of its jobs, which may submit more, ends.
	count_ends
	line="$t_asked $ends $t_context"
	grep -qsxF "$line" "$dir/asked" || printf '%s\n' "$line" >>"$dir/asked"
}

wanted_memory () {
	# Of a job that was killed: does its output say that this was for its memory?
	# Not every scheduler tells, and Slurm only where it uses cgroups.
	test -f "$t_log" && tail -c 8192 "$t_log" | tr -d '\000' |
	grep -Eqi 'exceeded .*memory limit|oom[-_ ]kill'
} 2>/dev/null

# What a job without our wrapper says no more of than its exit status, 126 or 127
not_found="a command in it could not be run; \$GITBATCH is empty where jobs get no variables (sbatch --export=NONE, qsub without -V), unless schedule.sh fills it in"

# sets: t_reason
explain_failure () {
	# Says more than the scheduler, where that is known
	test "$t_state:$t_signal" != failed:9 || ! wanted_memory ||
	t_reason='it needed more memory than it had asked for'
	case "$t_exit:$t_reason" in
	12[67]:"exit status $t_exit") t_reason="$t_reason: $not_found" ;;
	esac
}

# sets: has_told
note_told () {
	# The last word that a scheduler said of a job, and since when it says so
	test "$t_how" != found || grep -qsxF "$t_job - $t_context" "$dir/jobs" || {
		printf '%s - %s\n' "$t_job" "$t_context" >>"$dir/jobs"
		known_jobs
		find_twins
	}
	case "$t_state" in
	succeeded | failed | cancelled | absent | never | queued | running | held) ;;
	*) return ;;
	esac
	explain_failure
	mkdir -p "$dir/told"
	has_told=yes
	tell_apart "$t_job" "$t_context"
	find_word "$t_job$twin" || word=
	case "$word:$t_state" in
	succeeded:absent | failed:absent | cancelled:absent) return ;; # It has forgotten.
	esac
	first=$now
	test "$t_state" = absent || word_seen=yes
	if test "$word" = "$t_state" && number "$word_epoch" && test "$word_epoch" -le "$epoch"
	then
		first=$word_first
	else
		word_epoch=$epoch
	fi
	put "$dir/told/$told_name" "job: $t_job
context: $t_context
state: $t_state
exit: $t_exit
signal: $t_signal
start: $t_start
end: $t_end
host: $t_host
reason: $t_reason
tasks: $t_tasks
log: $t_log
name: $t_name
seen: $word_seen
first: $first
epoch: $word_epoch
lasting: $((epoch - word_epoch))
time: $now$said_after"
}
