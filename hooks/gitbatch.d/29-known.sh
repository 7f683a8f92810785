# --- What became of the jobs that are known

# sets: context how_known id_there queue size
weigh_known () {
	bare=0
	while IFS=$tab read -r queue id_there how_known size context
	do
		case "$queue" in
		'' | local | "$id_there") ;; # A scheduler's own name is no job.
		*) weigh_job ;;
		esac
	done <<-EOT
	$jobs
	EOT
	# Nobody prints the numbers of so many jobs without a word.
	test "$bare" = 0 || test "$bare" -gt 100 ||
	in_doubt "$bare_id, which schedule.sh printed, may be a job" "$bare"
}

# sets: rest
weigh_job () {
	tell_apart "$queue $id_there" "$context"
	case "$how_known:$newline$jobs" in
	bare:*[!-]"$tab$id_there$tab"[rnwpf]*) return ;; # It is that one.
	esac
	names_run "$queue $id_there"
	count_parts
	rest=$((expected - parts))
	test "$rest" -gt 0 || {
		test "$parts" = 0 || ! may_have_others || was_asked || wait_for_answer
		return 0
	}
	# Not every scheduler tells a job its id.
	if test "$parts" = 0 && ! names_itself
	then
		while test "$rest" -gt 0 && test "$nameless" -gt 0
		do
			rest=$((rest - 1)) nameless=$((nameless - 1))
		done
	fi
	test -z "$has_told" || weigh_tasks
	test "$rest" -gt 0 || return 0
	if tasks_tell_why || rest_never_began || ends_by_word "$whole_job" '' 0 nowhere "$rest"
	then
		! is_gone_around || was_asked || wait_for_answer
	else
		wait_for_rest
	fi
}

# sets: job
names_run () {
	# JOB or nothing: what clients may have to ask about, before a job of our own queue
	case "$job" in
	'' | 'local '*) job=$1 ;;
	esac
}

# sets: ended_jobs
tasks_tell_why () {
	# An array failed since some of its tasks did: those that its scheduler doesn't
	# list, such as cancelled ones that never began, are no further failure.
	case "$failures" in
	*"$newline$queue ${id_there%%[[]*}"[._+[]*) ;;
	*) return 1 ;;
	esac
	word_of "$whole_job" && test "$word" = failed && ended_jobs=$((ended_jobs + rest))
}

rest_never_began () {
	# An array succeeded as far as its scheduler lists its tasks.  The accounting of
	# Slurm has none that was cancelled while it waited.
	test -z "$said" && word_of "$whole_job" && test "$word" = succeeded || return 1
	number "$word_tasks" && test "$word_tasks" -lt "$expected" || return 1
	over "$whole_job" cancelled '' "$rest of its $expected tasks never began" "$rest"
}

# sets: expected parts value whole_job
count_parts () {
	# Sets how many jobs or tasks are $expected, and how many of them, $parts,
	# have begun.
	parts=0 expected=1
	case "$seen" in
	*"$newline$whole_job$newline"*) parts=1 ;;
	*"$newline$queue ${id_there%%[[]*}"[._+[]*)
		while IFS= read -r part
		do
			test "${part%% *}" = "$queue" || continue
			this_job=$whole_job
			whole_of "$part"
			test "$whole_job" != "$this_job" || parts=$((parts + 1))
			whole_job=$this_job
		done <<-EOT
		$seen
		EOT
		;;
	esac
	! number "$size" || expected=$size
	case "$sizes" in
	*"$newline$whole_job$tab"*)
		value=${sizes##*"$newline$whole_job$tab"}
		value=${value%%"$newline"*}
		! number "$value" || test "$value" -le "$expected" || expected=$value
		;;
	esac
	! word_of "$whole_job" || ! number "$word_tasks" ||
	test "$word_tasks" -le "$expected" || expected=$word_tasks
	test "$expected" -ge "$parts" || expected=$parts
}

may_have_others () {
	# Did it go past the record, or may another one have?
	test "$how_known" = wrapper || is_gone_around
}

is_gone_around () {
	# Does a script of this run name a submit command by a path, past its stand-in?
	case "$around" in
	*" $queue "*) ;;
	*) return 1 ;;
	esac
}

# sets: unasked unasked_of
wait_for_answer () {
	unasked=$((unasked + 1)) unasked_of="$unasked_of$queue ${context#-}$newline"
	in_doubt "$queue has to be asked whether $whole_job is all: not every job was recorded when it was submitted"
}

names_itself () {
	# Does this scheduler tell every job its id?  Flux doesn't, of batch scripts.
	case "$queue" in
	slurm | sge | htcondor | pbs | lsf | oar) ;;
	*) return 1 ;;
	esac
}

was_asked () {
	# Is there no reason to ask whether this job is all?
	test -n "$said" || ! has_adapter "$whole_job" || was_looked_for || {
		# Its queue can't be asked which jobs are of this run.
		test "$queue" = tsp && word_of "$whole_job"
	}
}

was_looked_for () {
	# Was its scheduler asked for others since a job of this run last ended?
	test -f "$dir/asked" || return 1
	count_ends
	while read -r asked_of asked_ends asked_in
	do
		test "$asked_of $asked_in" = "$queue ${context#-}" &&
		test "$asked_ends" -ge "$ends" && return
	done <"$dir/asked"
	return 1
}

# sets: ends mark
count_ends () {
	# Sets $ends: how many wrappers told how they ended
	ends=0 mark=
	while test -f "$dir/started$mark"
	do
		test ! -f "$dir/finished$mark" || ends=$((ends + 1))
		next_mark
	done
}

# sets: file never never_why rest whole_job
weigh_tasks () {
	# What was said of each of its tasks that didn't begin here
	this_job=$whole_job
	told_name "$queue $id_there"
	for file in "$dir/told/${told_name%%%*}"[._+%]*
	do
		read_word "${file##*/}" || continue
		tell_apart "$word_job" "$word_context"
		test "$whole_job" = "$this_job" && test "$word_job$twin" != "$this_job" || continue
		case "$seen" in
		*"$newline$word_job$twin$newline"*) continue ;;
		esac
		test "$word" != never || {
			never=$((never + 1)) never_why=$word_reason rest=$((rest - 1))
			continue
		}
		! ends_by_word "$word_job$twin" '' 0 nowhere || rest=$((rest - 1))
	done
	whole_job=$this_job
}

# sets: bare bare_id never never_why pending
wait_for_rest () {
	# $rest tasks of which nothing says that they ended
	test "$how_known" = bare || leaves "$whole_job" "$rest"
	case "$how_known:$word" in
	bare:absent) ;; # That number was none of a job.
	*:never) never=$((never + rest)) never_why=$word_reason ;;
	*:absent) in_doubt "its scheduler doesn't know $whole_job yet, or has forgotten it" "$rest" ;;
	bare:) bare=$((bare + 1)) bare_id=$id_there ;;
	*) pending=$((pending + rest)) ;;
	esac
}

# sets: id job next_local owner scheduler waiting
weigh_local () {
	# Jobs of the embedded scheduler that did not begin
	test -f "$dir/jobs" || return 0
	while read -r scheduler id owner
	do
		test "$scheduler" = local || continue
		case "$seen" in
		*"$newline""local $id$newline"*) continue ;;
		esac
		job=${job:-"local $id"}
		if test "$owner" = "$leaving" || gone "$owner"
		then
			# A start that can't be read may be this one's.
			unread=$((unread - 1))
			test "$unread" -lt 0 || continue
			over "local $id" lost '' 'it was killed while it waited for its turn'
		else
			waiting=$((waiting + 1)) next_local=${next_local:-$id}
			leaves "local $id"
		fi
	done <"$dir/jobs"
}

weigh_intents () {
	test "$intents" != 0 && test -z "$said" || return 0
	names_run ''
	in_doubt "a submit command didn't answer with a job: whether it submitted anything has to be asked; cancelling ends the run" \
		"$intents"
}

