# --- The evidence of a run's jobs
#
# What counts of a job, first what counts most: how it ended by its own
# wrapper's word; that its process is seen; what a person said of the run; what
# its scheduler said of it (told); that its process is gone, or can't be seen.
# All of it is files of the run: in whatever order they came, they tell the
# same.

# sets: moment
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

# sets: doubt doubts ended_jobs failed failed_ids failed_itself failed_jobs
# sets: failed_whys failures first first_moment has_told hosts last
# sets: last_moment lost lost_why never never_why next_local pending running
# sets: said said_exit said_moment said_reason same_why unasked unasked_of unfinished
# sets: waiting why withdrawn withdrawn_why word worst
weigh () {
	# Goes through all jobs of a run.  Sets how many of them are $running,
	# $waiting for their turn here, $pending at a scheduler, will $never begin,
	# are in $doubt, and have $ended; and what those that ended came to.
	running=0 waiting=0 pending=0 never=0 doubts=0 ended_jobs=0 unasked=0 unasked_of=''
	doubt='' never_why='' unfinished='' worst='' why=''
	failed='' failures=$newline failed_jobs=0 failed_whys='' failed_ids='' same_why='' failed_itself=
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

# sets: before context queue size twins
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

# sets: twin whole_job
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

# sets: ended_jobs failed failed_itself lost lost_why why withdrawn
# sets: withdrawn_why worst
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
		# A job that is stopped ends by a signal, or as a shell that gets one.
		number "$3" && test "$3" -gt 128 || failed_itself=yes
		note_failure "$1" "${4:-${3:+exit status $3}}" "${5:-1}"
		;;
	lost) lost=yes lost_why=$4 ;;
	cancelled) withdrawn=yes withdrawn_why=$4 ;;
	esac
}

# sets: failed_ids failed_jobs failed_whys failures same_why
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
	case "$failed_jobs:$same_why" in
	1:*) same_why=${2:-failed} ;;
	*:"${2:-failed}") ;;
	*) same_why= ;;
	esac
	test "$failed_jobs" -le 3 || return 0
	failed_whys="$failed_whys${failed_whys:+; }${1#* }: ${2:-failed}"
	failed_ids="$failed_ids${failed_ids:+, }${1#* }"
}

# sets: unfinished
leaves () {
	# JOB [HOW MANY]: is not over
	unfinished="$unfinished${unfinished:+, }$1"
	test "${2:-1}" = 1 || unfinished="$unfinished ($2 jobs)"
}

# sets: doubt doubts
in_doubt () {
	# WHY [HOW MANY]
	doubts=$((doubts + ${2:-1}))
	doubt=${doubt:-$1}
}

# sets: first first_moment
begins () {
	# TIME: when a job did
	moment "$1"
	test "$moment" = 0 || {
		test "$first_moment" != 0 && test "$first_moment" -le "$moment"
	} || first=$1 first_moment=$moment
}

# sets: last last_moment
ends () {
	# TIME
	moment "$1"
	test "$moment" -le "$last_moment" || last=$1 last_moment=$moment
}

