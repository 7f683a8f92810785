# --- What became of a run
#
# The order of evidence: what was settled, an exit file, a process of this
# machine, results.  Nothing is called lost only because it can't be seen.

judge () {
	# Sets $state, $reason, $exit, $job, $since, and $ended: yes where all
	# that is left to do is to settle it, settled, or no.
	state=unknown reason='' exit='' job='' since='' ended=no running=0 waiting=0
	# In this order: a job that begins meanwhile is seen twice, not never.
	waiting_jobs
	count_jobs
	if test -f "$dir/settled" && ! begun_since
	then
		ended=settled exit=''
		field "$dir/settled" state && state=$value
		field "$dir/settled" reason && reason=$value
		field "$dir/settled" exit && exit=$value
		field "$dir/settled" job && job=$value
		field "$dir/settled" time && since=$value
		return
	fi
	field "$dir/request" time || {
		reason='its request can not be read'
		test -f "$dir/request" || state=absent
		return
	}
	since=$value
	if field "$dir/scheduled" exit && test "$value" != 0 && ! ran_the_job "$value"
	then
		field "$dir/scheduled" reason
		judge_rejected "$value"
	elif test "$begun" -gt 0
	then
		judge_jobs
	elif ! test -f "$dir/scheduled"
	then
		judge_hook
	else
		state=submitted
		judge_waiting
	fi
	test ! -f "$dir/cancelled" || test "$state" = rejected || judge_cancelled
}

judge_cancelled () {
	if test "$((running + waiting))" -gt 0
	then
		reason='is being cancelled'
	elif test "$ended:$exit" != yes:0
	then
		conclude cancelled "$reason"
	fi
}

begun_since () {
	# Did a job begin after the run was settled?
	field "$dir/settled" jobs && test "$begun" -gt "$value"
}

conclude () {
	# STATE REASON
	state=$1 reason=$2 ended=yes
}

count_jobs () {
	# Each job that began has a file started, or started.2, .3 and so on.
	begun=0 running=0 gone=0 unread=0 why='' mark=
	while test -f "$dir/started$mark"
	do
		begun=$((begun + 1))
		if put_off
		then
			gone=$((gone + 1))
		elif field "$dir/finished$mark" exit
		then
			test "${exit:-0}" != 0 || exit=$value
			! field "$dir/finished$mark" reason || why=$value
		elif test -f "$dir/finished$mark"
		then
			unread=$((unread + 1))
		elif field "$dir/started$mark" process && gone "$value"
		then
			gone=$((gone + 1))
		else
			running=$((running + 1))
		fi
		next_mark
	done
}

ran_the_job () {
	# STATUS: did schedule.sh run the only job itself, and end as that did?
	test "$begun:$running:$exit" = "1:0:$1"
}

judge_rejected () {
	# REASON: over only when what schedule.sh had started is over.
	if test "$((running + waiting))" -gt 0
	then
		state=rejected
		reason="$1; what it had started by then still runs: cancel it"
	else
		conclude rejected "$1"
	fi
}

judge_jobs () {
	field "$dir/started" time && since=$value
	field "$dir/started" job && job=$value
	# Not every scheduler tells a job its id.
	test -n "$job" || first_job
	if test "$running" -gt 0 || test "$waiting" -gt 0
	then
		state=running
		test "$begun" = 1 && test "$waiting" = 0 ||
		reason="$running running, $waiting waiting, $((begun - running)) ended"
	elif test "$unread" -gt 0
	then
		state=unknown reason='how one of its jobs ended can not be read'
	elif test "$gone" -gt 0 && test "${exit:-0}" = 0
	then
		exit=
		! schedulers_say 'its process ended without an exit status' || return 0
		conclude lost "its process ended without an exit status: it was killed, or the machine was restarted"
	elif test "$killed" -gt 0 && test "${exit:-0}" = 0
	then
		exit=
		conclude lost 'one of its jobs was killed while it waited for its turn'
	elif still_scheduling
	then
		state=running reason='schedule.sh is running'
	elif count_expected && test "$begun" -lt "$expected"
	then
		state=running reason="$begun of $expected jobs ended, the others did not begin"
	elif test "$exit" = 0
	then
		conclude succeeded ''
	else
		conclude failed "exit status $exit${why:+: $why}"
	fi
}

first_job () {
	# Sets $job to the first one that was named
	test -f "$dir/jobs" && read -r scheduler id owner <"$dir/jobs" &&
	job="$scheduler $id"
}

schedulers_say () {
	# WHY: knows its scheduler more than we can see here?  It has to be asked.
	case "$job" in
	'' | local*) return 1 ;;
	esac
	state=unknown reason="$1: ${job%% *} has to be asked"
}

put_off () {
	# HTCondor ends jobs to begin them again, or to hold them: only it knows
	# whether that was the end.
	field "$dir/finished$mark" signal && test -n "$value" &&
	field "$dir/started$mark" job && test "${value%% *}" = htcondor &&
	test ! -f "$dir/cancelled"
}

count_expected () {
	# Sets $expected: how many jobs this run has, as far as it was told.  One
	# of another machine may not have begun when the first one has ended.
	expected=$begun
	case "$job" in
	local*) return ;;
	esac
	more=0 known=$newline mark=
	while field "$dir/started$mark" job
	do
		value=${value%%[._]*}
		case "$known" in
		*"$newline$value$newline"*) ;;
		*)
			case "$value" in
			*' '*) known=$known$value$newline ;;
			esac
			! field "$dir/started$mark" tasks || more=$((more + value - 1))
			;;
		esac
		next_mark
	done
	told=$({
		printf '%s' "$known"
		sed -n '/^local /d; s/^\([^ ]* [^ ._]*\).*/\1/p' "$dir/jobs"
		LC_ALL=C awk '
			/^Submitted batch job [0-9]/ { print "slurm " $4 }
			/^Your job(-array)? [0-9]/ { print "sge " int($3) }
			/^job [0-9]+ at / { print "at " $2 }
			/^[0-9]+ job\(s\) submitted to cluster [0-9]/ {
				print "htcondor " int($6)
				for (i = 1; i < $1; i++)
					print "htcondor " int($6) " " i
			}' "$dir/schedule.log"
	} 2>/dev/null | sort -u | grep -c .)
	test "$((told + more))" -le "$begun" || expected=$((told + more))
}

still_scheduling () {
	# There may be more jobs to come.
	! test -f "$dir/scheduled" && field "$dir/request" hook && {
		alive "$value" || test $? = 2
	}
}

judge_hook () {
	if still_scheduling
	then
		state=submitted reason='schedule.sh is running'
	elif test -s "$dir/schedule.log"
	then
		reason="the hook was interrupted while schedule.sh ran, which had printed: $(tail -n 1 "$dir/schedule.log" | tr -d '\000-\037\177')"
	else
		conclude rejected 'the hook was interrupted: run it again'
	fi
}

waiting_jobs () {
	# Jobs of the embedded scheduler that did not begin: sets $waiting, and
	# $killed, those that never will.
	waiting=0 killed=0
	test -f "$dir/jobs" || return 0
	while read -r scheduler id owner
	do
		test "$scheduler" = local && ! has_begun "local $id" || continue
		job="local $id"
		if test "$owner" = "$leaving" || gone "$owner"
		then
			killed=$((killed + 1))
		else
			waiting=$((waiting + 1))
		fi
	done <"$dir/jobs"
}

has_begun () {
	# JOB
	mark=
	while test -f "$dir/started$mark"
	do
		# One that can't be read may be anybody's.
		field "$dir/started$mark" job && test "$value" != "$1" || return 0
		next_mark
	done
	return 1
}

next_mark () {
	# Sets $mark: the suffixes of a run's jobs are none, .2, .3 and so on.
	case "$mark" in
	'') mark=.2 ;;
	*) mark=.$((${mark#.} + 1)) ;;
	esac
}

judge_waiting () {
	if test "$waiting" -gt 0
	then
		place_of "${job#local }"
		state=queued reason="place $place in the queue of this machine"
	elif test "$killed" -gt 0
	then
		conclude lost 'it was killed while it waited for its turn'
	elif first_job && has_adapter
	then
		: # What came home says less than its scheduler, which a client asks.
	elif field "$dir/delivered" result
	then
		conclude succeeded ''
	fi
}

place_of () {
	# JOB: sets $place, how many wait until it begins, itself counted.
	place=1
	for other in "$base/queue"/[0-9]*
	do
		precedes "${other##*/}" "$1" || continue
		read -r owner <"$other" || continue
		is_here "$owner" || test $? = 1 || continue
		if gone "$owner"
		then
			rm -f "$other"
		else
			place=$((place + 1))
		fi
	done
} 2>/dev/null

precedes () {
	# JOB JOB: by run, then by job of the run
	test "$1" != "$2" && test -f "$base/queue/$1" || return 1
	test "${1%.*}" -lt "${2%.*}" && return 0
	test "${1%.*}" = "${2%.*}" || return 1
	first=${1#*.} second=${2#*.}
	test "$1" = "${1%.*}" ||
	{ test "$2" != "${2%.*}" && test "$first" -lt "$second"; }
}

has_adapter () {
	# Is $job of a scheduler that clients can ask?
	case "$job" in
	'at '* | 'tsp '* | 'slurm '* | 'sge '* | 'htcondor '*) ;;
	*) return 1 ;;
	esac
}

