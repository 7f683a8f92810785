# --- The evidence of a run's jobs
#
# What counts of a job, first what counts most: how it ended by its own
# wrapper's word; that its process is seen; what a person said of the run; what
# its scheduler said of it (told); that its process is gone, or can't be seen.
# All of it is files of the run: in whatever order they came, they tell the
# same.

moment () {
	# TIME: sets $moment, a number that grows with it; 0 where it is none
	moment=0
	case "$1" in
	[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9]Z) ;;
	*) return ;;
	esac
	moment_of=${1%Z}
	moment=${moment_of%%-*}
	moment_of=${moment_of#*-}
	moment=$moment${moment_of%%-*}
	moment_of=${moment_of#*-}
	moment=$moment${moment_of%%T*}
	moment_of=${moment_of#*T}
	moment=$moment${moment_of%%:*}
	moment_of=${moment_of#*:}
	moment=$moment${moment_of%%:*}${moment_of#*:}
}

weigh () {
	# Goes through all jobs of a run.  Sets how many of them are $running,
	# $waiting for their turn here, $pending at a scheduler, will $never begin,
	# are in $doubt, and have $ended; and what those that ended came to.
	running=0 waiting=0 pending=0 never=0 doubts=0 ended_jobs=0 doubt='' never_why='' unfinished=''
	failed='' failures=$newline failed_jobs=0 failed_whys='' worst='' why=''
	lost='' withdrawn='' lost_why='' withdrawn_why='' next_local=''
	first='' first_moment=0 last='' last_moment=0 hosts=''
	has_told=
	test ! -d "$dir/told" || has_told=yes
	read_word run || word=
	said=$word said_exit=$word_exit said_reason=$word_reason said_moment=$word_moment
	known_jobs
	find_twins
	weigh_wrappers
	weigh_known
	weigh_local
	weigh_intents
}

find_twins () {
	# Sets $twins, a line each: jobs of different queues with the same id.
	twins=$newline
	case "$jobs" in
	*"$newline"?*) ;;
	*) return ;;
	esac
	before=$newline
	while IFS=$tab read -r queue id_there how_known size context
	do
		case "$before" in
		*"$newline$queue $id_there$newline"*) twins="$twins$queue $id_there$newline" ;;
		esac
		before="$before$queue $id_there$newline"
	done <<-EOT
	${jobs%"$newline"}
	EOT
}

tell_apart () {
	# JOB CONTEXT: sets $whole_job, and $twin, which tells it from the job of
	# another queue with the same id; empty where there is none
	twin=
	whole_of "$1"
	case "$twins" in
	*"$newline$whole_job$newline"*) twin=" (${2#-})" ;;
	esac
	whole_job=$whole_job$twin
}

over () {
	# JOB STATE EXIT REASON [HOW MANY]: of jobs that ended
	ended_jobs=$((ended_jobs + ${5:-1}))
	case "$2" in
	failed)
		if test -z "$failed" || {
			number "$3" && test "$3" -gt "${worst:-0}"
		}
		then
			worst=$3 why=$4
		fi
		failed=yes
		note_failure "$1" "${4:-${3:+exit status $3}}" "${5:-1}"
		;;
	lost) lost=yes lost_why=$4 ;;
	cancelled) withdrawn=yes withdrawn_why=$4 ;;
	esac
}

note_failure () {
	# JOB WHY HOW MANY: once for a job with several wrappers.  Of what is said of
	# an array as one, nobody knows how many of its tasks failed.
	test "$3" -le 1 || failed_jobs=
	case "$failures" in
	*"$newline$1$newline"*) return ;;
	esac
	failures=$failures$1$newline
	test -n "$failed_jobs" || return 0
	failed_jobs=$((failed_jobs + 1))
	test "$failed_jobs" -gt 3 ||
	failed_whys="$failed_whys${failed_whys:+; }${1#* }: ${2:-failed}"
}

leaves () {
	# JOB [HOW MANY]: is not over
	unfinished="$unfinished${unfinished:+, }$1"
	test "${2:-1}" = 1 || unfinished="$unfinished ($2 jobs)"
}

in_doubt () {
	# WHY [HOW MANY]
	doubts=$((doubts + ${2:-1}))
	doubt=${doubt:-$1}
}

begins () {
	# TIME: when a job did
	moment "$1"
	test "$moment" = 0 || {
		test "$first_moment" != 0 && test "$first_moment" -le "$moment"
	} || first=$1 first_moment=$moment
}

ends () {
	# TIME
	moment "$1"
	test "$moment" -le "$last_moment" || last=$1 last_moment=$moment
}

# What was said of a job

read_word () {
	# NAME: of a file in told.  Sets $word, a state, and what belongs to it.
	word='' word_exit='' word_reason='' word_start='' word_end=''
	word_time='' word_first='' word_epoch='' word_lasting=0 word_seen='' word_tasks='' word_job='' word_context=''
	word_moment=0
	test -n "$has_told" && test -f "$dir/told/$1" || return 1
	while IFS= read -r line
	do
		value=${line#*: }
		case "$line" in
		'job: '*) word_job=$value ;;
		'state: '*) word=$value ;;
		'exit: '*) word_exit=$value ;;
		'start: '*) word_start=$value ;;
		'end: '*) word_end=$value ;;
		'reason: '*) word_reason=$value ;;
		'tasks: '*) word_tasks=$value ;;
		'context: '*) word_context=$value ;;
		'time: '*) word_time=$value ;;
		'first: '*) word_first=$value ;;
		'epoch: '*) word_epoch=$value ;;
		'lasting: '*) word_lasting=$value ;;
		'seen: '*) word_seen=$value ;;
		esac
	done <"$dir/told/$1"
	moment "$word_time"
	word_moment=$moment
	number "$word_lasting" || word_lasting=0
	test -n "$word"
} 2>/dev/null

told_name () {
	# JOB: sets $told_name, its file in told
	told_name=${1%% *}.${1#* }
	case "$told_name" in
	*[!A-Za-z0-9._:@+,=-]*)
		told_rest=$told_name told_name=
		while test -n "$told_rest"
		do
			case "$told_rest" in
			[A-Za-z0-9._:@+,=-]*) told_name=$told_name${told_rest%"${told_rest#?}"} ;;
			*) told_name=$told_name% ;;
			esac
			told_rest=${told_rest#?}
		done
		;;
	esac
}

word_of () {
	# JOB [WHOLE]: what its scheduler said of it, or of all its tasks
	word=
	test -n "$has_told" || return 1
	find_word "$1" && return
	test -n "${2:-}" && test "$2" != "$1" && find_word "$2"
}

find_word () {
	# JOB, with its $twin: sets $told_name, its file in told, or one that is
	# free; reads it
	word_twin=${1#"${1%% (*}"}
	told_name "${1%% (*}"
	stem=$told_name copy=1
	while read_word "$told_name"
	do
		test "$word_job" = "${1%% (*}" && {
			test -z "$word_twin" || test "$word_twin" = " ($word_context)"
		} && return
		copy=$((copy + 1)) told_name=$stem~$copy
	done
	word=
	return 1
}

grace=60 # seconds

ends_by_word () {
	# JOB WHOLE BEGAN WHERE [HOW MANY]: is it over by what was said of it since
	# it began?  WHERE: unseen (its wrapper may have a word of its own yet), gone,
	# off, or nowhere (no wrapper is known).
	if test -n "$said" && test "$said_moment" -ge "$3"
	then
		over "$1" "$said" "$said_exit" "$said_reason" "${5:-1}"
		return
	fi
	word_of "$1" "$2" && test "$word_moment" -ge "$3" || return 1
	case "$word" in
	succeeded | failed | cancelled)
		test "$4" != unseen || grace_is_over || return 1
		over "$1" "$word" "$word_exit" "$word_reason" "${5:-1}"
		begins "$word_start"
		ends "$word_end"
		;;
	absent) ends_by_absence "$@" ;;
	*) return 1 ;;
	esac
}

grace_is_over () {
	# Was this said long enough ago for a wrapper's own word to be here?
	number "$word_epoch" || return 0
	test -n "$epoch" || clock
	test "$((epoch - word_epoch))" -ge "$grace"
}

ends_by_absence () {
	# The same of a job that its scheduler doesn't know
	if test "$4" = nowhere && test -f "$dir/delivered"
	then
		over "$1" succeeded '' '' "${5:-1}"
	elif test "$4" = gone || {
		test "$word_lasting" -ge "$grace" && was_handed_over
	}
	then
		over "$1" lost '' "its scheduler knows $1 no more, and nothing says how it ended" "${5:-1}"
	else
		return 1
	fi
}

was_handed_over () {
	# Is it certain that it is the scheduler of this job which was asked?
	test -n "$word_seen" && return
	case "$how_known" in
	recorded | named | wrapper | found) ;;
	*) return 1 ;;
	esac
}

# What the jobs wrote

read_started () {
	# Of the wrapper with this $mark: sets $of, its job, and when, where and as
	# which process it began
	of='' began_at='' on='' process_of='' tasks_of='' attempt_of='' script_of='' context_of=''
	test -f "$dir/started$mark" || return 1
	while IFS= read -r line
	do
		value=${line#*: }
		case "$line" in
		'host: '*) on=$value ;;
		'time: '*) began_at=$value ;;
		'process: '*) process_of=$value ;;
		'job: '*) of=$value ;;
		'tasks: '*) tasks_of=$value ;;
		'attempt: '*) attempt_of=$value ;;
		'script: '*) script_of=$value ;;
		'context: '*) context_of=$value ;;
		esac
	done <"$dir/started$mark"
	return 0
} 2>/dev/null

read_finished () {
	# Of the wrapper with this $mark
	code='' signal_of='' finished_at='' reason_of='' superseded=
	test -f "$dir/finished$mark" || return 0
	while IFS= read -r line
	do
		value=${line#*: }
		case "$line" in
		'exit: '*) code=$value ;;
		'signal: '*) signal_of=$value ;;
		'time: '*) finished_at=$value ;;
		'reason: '*) reason_of=$value ;;
		'superseded: '*) superseded=$value ;;
		esac
	done <"$dir/finished$mark"
} 2>/dev/null

weigh_wrappers () {
	# Several wrappers of one job, such as srun starts, are one job, which goes
	# on until the last of them has ended.
	wrappers=0 begun=0 unread=0 seen_here=0 nameless=0 left=0 seen=$newline open=$newline live=$newline
	sizes=$newline mark=
	while read_started
	do
		weigh_wrapper
		next_mark
	done
	doubts=$((left - running)) ended_jobs=$((begun - left))
}

weigh_wrapper () {
	wrappers=$((wrappers + 1))
	read_finished
	test -z "$superseded" || return 0
	since=${since:-$began_at}
	job=${job:-$of}
	test -n "$process_of" || unread=$((unread + 1))
	part=$of
	case "$of" in
	?*' '?*)
		tell_apart "$of" "$context_of"
		part=$of$twin
		;;
	*)
		nameless=$((nameless + 1))
		part=${of:--}$mark
		;;
	esac
	case "$seen" in
	*"$newline$part$newline"*) ;;
	*)
		seen=$seen$part$newline begun=$((begun + 1))
		whole_of "$part"
		test -z "$tasks_of" || sizes=$sizes$whole_job$tab$tasks_of$newline
		;;
	esac
	case " $hosts " in
	*" $on "*) ;;
	*) hosts="$hosts${hosts:+ }$on" ;;
	esac
	begins "$began_at"
	ends_by_itself || goes_on
}

whole_of () {
	# JOB: sets $whole_job, which it is a task of, or is itself
	whole_job=$1
	case "$1" in
	?*' '?*)
		whole_job=${1%% (*}
		whole_id "${1%% *}" "${whole_job#* }"
		whole_job="${1%% *} $whole${1#"${1%% (*}"}"
		;;
	esac
}

ends_by_itself () {
	# Sets $where, if not, to where its process is: here, unseen or gone; or
	# off, where its scheduler decides whether that was the end.
	if number "$code"
	then
		where=off
		! is_put_off || return 1
		ends "$finished_at"
		case "$code" in
		0) over "$part" succeeded 0 '' 0 ;;
		*) over "$part" failed "$code" "exit status $code${reason_of:+: $reason_of}" 0 ;;
		esac
		! script_goes_on
		return
	fi
	where=unseen
	# A file that can't be read says nothing.
	test ! -f "$dir/finished$mark" && test -n "$process_of" || return 1
	alive "$process_of"
	case $? in
	0) where=here ;;
	1)
		where=here
		! gone "$process_of" || where=gone
		;;
	esac
	return 1
}

is_put_off () {
	# HTCondor ends jobs to begin them again, or to hold them: only it knows
	# whether that was the end.
	test -n "$signal_of" && test "${of%% *}" = htcondor &&
	test ! -f "$dir/cancelled"
}

script_goes_on () {
	# The script that called the wrapper may submit more.
	test -n "$script_of" || return 1
	alive "$script_of"
	case $? in
	0) where=here ;;
	1) return 1 ;;
	esac
}

goes_on () {
	# A wrapper that didn't tell its job's end
	whole_of "$part"
	moment "$began_at"
	how_known=wrapper
	if test "$where" = here
	then
		seen_here=$((seen_here + 1))
	elif ends_by_word "$part" "$whole_job" "$moment" "$where" 0
	then
		return
	fi
	case "$where:$part" in
	gone:local* | gone:-*)
		over "$part" lost '' 'its process ended without an exit status: it was killed, or the machine was restarted' 0
		return
		;;
	here:* | unseen:*)
		case "$live" in
		*"$newline$part$newline"*) ;;
		*) live=$live$part$newline running=$((running + 1)) ;;
		esac
		;;
	*)
		why_asked='its process ended without an exit status'
		test "$where" != off || test -z "$script_of" ||
		why_asked='its script may have gone on after it'
		doubt=${doubt:-"$why_asked: ${part%% *} has to be asked"}
		;;
	esac
	case "$open" in
	*"$newline$part$newline"*) ;;
	*)
		open=$open$part$newline left=$((left + 1))
		leaves "$part"
		;;
	esac
}

# What became of the jobs that are known

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

weigh_job () {
	tell_apart "$queue $id_there" "$context"
	case "$how_known:$newline$jobs" in
	bare:*[!-]"$tab$id_there$tab"[rnwpf]*) return ;; # It is that one.
	esac
	job=${job:-"$queue $id_there"}
	count_parts
	rest=$((expected - parts))
	test "$parts" = 0 || test "$how_known" != wrapper || was_asked || {
		test "$rest" -gt 0 || in_doubt \
			"$whole_job was not recorded when it was submitted: $queue has to be asked whether it is all"
	}
	test "$rest" -gt 0 || return 0
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
	ends_by_word "$whole_job" '' 0 nowhere "$rest" || wait_for_rest
}

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

names_itself () {
	# Does this scheduler tell a job its id?
	case "$queue" in
	slurm | sge | htcondor | pbs) ;;
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

count_ends () {
	# Sets $ends: how many wrappers told how they ended
	ends=0 mark=
	while test -f "$dir/started$mark"
	do
		test ! -f "$dir/finished$mark" || ends=$((ends + 1))
		next_mark
	done
}

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

wait_for_rest () {
	# $rest tasks of which nothing says that they ended
	test "$how_known" = bare || leaves "$whole_job" "$rest"
	case "$how_known:$word" in
	bare:absent) ;; # That number was none of a job.
	*:never) never=$((never + rest)) never_why=$word_reason ;;
	*:absent) in_doubt "its scheduler doesn't know $whole_job yet, or no more" "$rest" ;;
	bare:) bare=$((bare + 1)) bare_id=$id_there ;;
	*) pending=$((pending + rest)) ;;
	esac
}

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
	test "$intents" = 0 || test -n "$said" || in_doubt \
		"$intents calls of a submit command had no answer: whether they submitted anything has to be asked" "$intents"
}
