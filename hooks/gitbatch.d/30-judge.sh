# --- What became of a run
#
# The verdict follows from the evidence, whoever takes it and how often.  What
# was settled is only a note of the last one: evidence that came since may tell
# otherwise.

# sets: ended exit job known left reason since state stuck
judge () {
	# Sets $state, $reason, $exit, $job, $since, and $ended: yes where all
	# that is left to do is to settle it, settled, or no.
	state=unknown reason='' exit='' job='' since='' ended=no stuck=''
	weigh
	left=$((running + waiting + pending + never + doubts))
	known=$((left + ended_jobs))
	if ! read_request
	then
		reason='its request can not be read'
		test -f "$dir/request" || {
			state=absent
			test -d "$dir" || test ! -f "$base/active/$run" ||
			conclude lost 'its directory was removed'
		}
	else
		since=${since:-$accepted}
		judge_evidence
		heed_cancelling
	fi
	test ! -f "$dir/settled" || heed_settled
}

# sets: accepted branch commit value
read_request () {
	accepted='' branch='' commit=
	while IFS= read -r line
	do
		value=${line#*: }
		case "$line" in
		'branch: '*) branch=$value ;;
		'commit: '*) commit=$value ;;
		'time: '*) accepted=$value ;;
		'option: '*) break ;; # They come last.
		esac
	done <"$dir/request"
	test -n "$accepted"
} 2>/dev/null

# sets: reason state
judge_evidence () {
	if field "$dir/scheduled" exit && test "$value" != 0 && ! ran_the_job "$value"
	then
		field "$dir/scheduled" reason
		judge_rejected "$value"
	elif test "$known" = 0
	then
		judge_unknown
	elif test "$left" -gt 0
	then
		judge_unfinished
	elif still_scheduling
	then
		state=running reason='schedule.sh is running'
	else
		judge_finished
	fi
}

# sets: ended reason state
conclude () {
	# STATE REASON
	state=$1 reason=$2 ended=yes
}

# sets: exit
judge_finished () {
	# The whole came to what the worst of its jobs did.
	if test -n "$failed"
	then
		exit=$worst
		sum_failures
		conclude failed "${why:-${exit:+exit status $exit}}"
	elif test -n "$lost"
	then
		conclude lost "$lost_why"
	elif test -n "$withdrawn"
	then
		conclude cancelled "$withdrawn_why"
	else
		exit=0
		conclude succeeded ''
	fi
}

# sets: why
sum_failures () {
	# Sets $why, for people: of several jobs how many failed, and why; of some of
	# them, where it differs
	test "$known" -gt 1 && test -n "$failed_jobs" || return 0
	more=
	test "$failed_jobs" -le 3 || more=" and $((failed_jobs - 3)) more"
	if test -z "$same_why"
	then
		why="$failed_jobs of $known jobs failed: $failed_whys${more:+;$more}"
	elif test "$failed_jobs" = "$known"
	then
		why="all $known jobs failed: $same_why"
	else
		why="$failed_jobs of $known jobs failed: $failed_ids$more: $same_why"
	fi
}

# sets: stuck
judge_unfinished () {
	if test "$running" -gt 0 || test "$waiting" -gt 0 && test "$begun" -gt 0
	then
		state=running
		test "$known" = 1 || reason="$running running, $((left - running)) waiting, $ended_jobs ended"
	elif test "$waiting" -gt 0
	then
		state=queued reason='waits for its turn on this machine'
	elif test "$never" -gt 0 && test "$((pending + doubts))" = 0
	then
		state=queued stuck="$never of $known jobs can never begin${never_why:+: $never_why}"
		reason=$stuck
	elif test "$doubts" -gt 0 && still_scheduling
	then
		state=submitted reason='schedule.sh is running'
	elif test "$doubts" -gt 0
	then
		state=unknown reason=$doubt
	elif test "$ended_jobs" -gt 0
	then
		state=running reason="$ended_jobs of $known jobs ended, the others did not begin"
	else
		state=submitted
		has_adapter "$job" || state=unknown \
			reason="${job%% *} can not be asked from here: what became of $job has to be told"
	fi
}

# sets: exit
judge_unknown () {
	# No job is known.
	if still_scheduling
	then
		state=submitted reason='schedule.sh is running'
	elif test -n "$said"
	then
		exit=$said_exit
		conclude "$said" "$said_reason"
	elif ! test -f "$dir/scheduled"
	then
		judge_interrupted
	elif has_delivered
	then
		conclude succeeded ''
	elif test "$refusals" -gt 0
	then
		tell_refusals
		state=unknown reason="$refusal; schedule.sh ended well all the same, and nothing is known of a job: cancelling ends the run"
	else
		state=submitted
	fi
}

# sets: refusal
tell_refusals () {
	# Sets $refusal: calls of submit commands that failed, of the last one how, and
	# what schedule.sh printed that looks like the reason
	refusal=$refused_call
	test "$calls" = 1 ||
	refusal="$refusals of $calls calls of submit commands failed, and submitted nothing; the last one: $refused_call"
	said_line=$(last_error "$dir/schedule.log")
	refusal="$refusal${said_line:+: $said_line}"
}

# sets: reason
heed_cancelling () {
	# That somebody wants it stopped is no end.  What failed by itself is told of.
	test -f "$dir/cancelled" || return 0
	case "$ended:$state" in
	yes:failed | yes:lost)
		test -n "$failed_itself" || {
			field "$dir/cancelled" by
			reason="stopped${value:+ by $value}"
		}
		conclude cancelled "$reason"
		;;
	yes:* | *:rejected) ;;
	*) reason='is being cancelled' ;;
	esac
}

ran_the_job () {
	# STATUS: did schedule.sh run its jobs itself, or wait for one, and end as
	# that did?
	case "$waited_for" in
	*" $1 "*) return 0 ;;
	esac
	test "$left:$failed:$worst" = "0:yes:$1"
}

judge_rejected () {
	# REASON: over only when what schedule.sh had started is over.
	if test "$left" -gt 0
	then
		state=rejected
		reason="$1; what it had started by then may go on: cancel it"
	else
		conclude rejected "$1"
	fi
}

still_scheduling () {
	# There may be more jobs to come.
	! test -f "$dir/scheduled" && field "$dir/request" hook && {
		alive "$value" || test $? = 2
	}
}

judge_interrupted () {
	if test -s "$dir/schedule.log"
	then
		reason="the hook was interrupted while schedule.sh ran, which had printed: $(tail -n 1 "$dir/schedule.log" | tr -d '\000-\037\177')"
	else
		conclude rejected 'the hook was interrupted: run it again'
	fi
}

# sets: mark
next_mark () {
	# Sets $mark: the suffixes of a run's jobs are none, .2, .3 and so on.
	case "$mark" in
	'') mark=.2 ;;
	*) mark=.$((${mark#.} + 1)) ;;
	esac
}

has_adapter () {
	# JOB: of a scheduler that clients can ask?
	case "$1" in
	'at '* | 'tsp '* | 'slurm '* | 'sge '* | 'htcondor '* | 'pbs '* | 'flux '* | 'lsf '* | 'oar '*) ;;
	*) test -f "$helper_dir/schedulers/site/${1%% *}.sh" ;;
	esac
}
