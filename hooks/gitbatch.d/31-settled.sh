# --- What a run was settled as
#
# It holds until there is evidence that came since, and tells otherwise.

# sets: ended exit job reason since state
heed_settled () {
	# Does what was settled still hold?
	read_settled
	if test -z "$settled_state"
	then
		state=unknown ended=settled reason='how it was settled can not be read'
		return
	fi
	case "$ended" in
	yes)
		test "$state:$exit" = "$settled_state:$settled_exit" &&
		! delivered_since && ! told_since || return 0
		;;
	*)
		! begun_since || return 0
		;;
	esac
	ended=settled state=$settled_state exit=$settled_exit reason=$settled_reason
	job=$settled_job since=$settled_time
}

# sets: settled_exit settled_job settled_jobs settled_reason settled_result
# sets: settled_results settled_state settled_time settled_told
# sets: settled_wrappers value
read_settled () {
	settled_state='' settled_exit='' settled_reason='' settled_job='' settled_time=''
	settled_result='' settled_results='' settled_jobs='' settled_wrappers='' settled_told=
	while IFS= read -r line
	do
		value=${line#*: }
		case "$line" in
		'state: '*) settled_state=$value ;;
		'exit: '*) settled_exit=$value ;;
		'reason: '*) settled_reason=$value ;;
		'job: '*) settled_job=$value ;;
		'jobs: '*) settled_jobs=$value ;;
		'wrappers: '*) settled_wrappers=$value ;;
		'result: '*) settled_result=$value ;;
		'results: '*) settled_results=$value ;;
		'time: '*) settled_time=$value ;;
		'told: '*) settled_told=$value ;;
		esac
	done <"$dir/settled"
} 2>/dev/null

told_since () {
	# Did schedulers tell of more jobs and tasks than its record lists?
	test "$known" -gt 1 && number "$settled_told" || return 1
	count_told
	test "$told_words" -gt "$settled_told"
}

# sets: told_words
count_told () {
	set -- "$dir"/told/*
	told_words=$#
	test -e "$1" || told_words=0
}

delivered_since () {
	case "$settled_results" in
	undelivered*) return 1 ;;
	esac
	field "$dir/delivered" result && test "$value" != "$settled_result"
}

begun_since () {
	# Is there more of it than when it was settled, or a job that is seen?
	test "$seen_here" = 0 || return 0
	if number "$settled_wrappers"
	then
		test "$wrappers" -gt "$settled_wrappers" ||
		test "$known" -gt "${settled_jobs:-0}"
	else
		# As older versions noted it
		number "$settled_jobs" && test "$wrappers" -gt "$settled_jobs"
	fi
}
