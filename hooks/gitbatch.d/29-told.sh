# --- What was said of a job

# sets: value word word_context word_end word_epoch word_exit word_first
# sets: word_host word_job word_lasting word_log word_moment word_reason word_seen word_start
# sets: word_tasks
read_word () {
	# NAME: of a file in told.  Sets $word, a state, and what belongs to it.
	word='' word_exit='' word_reason='' word_start='' word_end='' word_after=''
	word_time='' word_first='' word_epoch='' word_lasting=0 word_seen='' word_tasks='' word_job='' word_context=''
	word_moment=0 word_host='' word_log=
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
		'host: '*) word_host=$value ;;
		'log: '*) word_log=$value ;;
		'reason: '*) word_reason=$value ;;
		'tasks: '*) word_tasks=$value ;;
		'context: '*) word_context=$value ;;
		'time: '*) word_time=$value ;;
		'after: '*) word_after=$value ;;
		'first: '*) word_first=$value ;;
		'epoch: '*) word_epoch=$value ;;
		'lasting: '*) word_lasting=$value ;;
		'seen: '*) word_seen=$value ;;
		esac
	done <"$dir/told/$1"
	moment "$word_time"
	word_moment=$moment
	moment "$word_after"
	test "$word_moment" -ge "$moment" || word_moment=$moment
	number "$word_lasting" || word_lasting=0
	test -n "$word"
} 2>/dev/null

# sets: mark said_after
find_after () {
	# Sets $said_after, a line for what is said of run $run at $now: where the clock that
	# a job began by is ahead of ours, the last beginning that came before.
	said_after='' mark=
	moment "$now"
	latest=$moment
	while field "$dir/started$mark" time
	do
		moment "$value"
		test "$moment" -le "$latest" || latest=$moment said_after="${newline}after: $value"
		next_mark
	done
}

# sets: told_name
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

# sets: word
word_of () {
	# JOB [WHOLE]: what its scheduler said of it, or of all its tasks
	word=
	test -n "$has_told" || return 1
	find_word "$1" && return
	test -n "${2:-}" && test "$2" != "$1" && find_word "$2"
}

# sets: told_name word
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
	# Or was the clock set back since?
	test "$((epoch - word_epoch))" -ge "$grace" || test "$word_epoch" -gt "$epoch"
}

ends_by_absence () {
	# The same of a job that its scheduler doesn't know
	if test "$4:${5:-1}" = nowhere:1 && is_only_job && has_delivered
	then
		over "$1" succeeded '' '' "${5:-1}"
	elif test "$4" = gone || {
		test "$word_lasting" -ge "$grace" && was_handed_over
	}
	then
		over "$1" lost '' "its scheduler doesn't know $1 any more, and nothing says how it ended" "${5:-1}"
	else
		return 1
	fi
}

has_delivered () {
	# Did the job bring anything home itself?
	test -f "$dir/delivered" && ! field "$dir/delivered" collected
}

is_by_job () {
	# Is anything of $result the job's own?  What we found in its tree, and
	# committed, tells nothing of how a job ended that told of nothing itself.
	test ! -f "$dir/started" || return 0
	at=$result
	while line=$(bare log -1 --format='%P %s' "$at" -- 2>/dev/null) || return 1
	do
		case "$line" in
		*" Results of run $run" | *" Partial results of run $run") at=${line%% *} ;;
		*) break ;;
		esac
	done
	test "$at" != "$commit"
}

is_only_job () {
	# Results are no evidence of one of several jobs.
	case "$begun:$jobs" in
	0:*"$newline"?*) return 1 ;;
	0:*) ;;
	*) return 1 ;;
	esac
}

was_handed_over () {
	# Is it certain that it is the scheduler of this job which was asked?
	test -n "$word_seen" && return
	case "$how_known" in
	recorded | named | wrapper) ;;
	*) return 1 ;;
	esac
}

