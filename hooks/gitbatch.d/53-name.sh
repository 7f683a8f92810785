# --- What a job is called

name_job () {
	# Sets $job to what its scheduler calls this one, $tasks and $attempt.
	name_self
	# The number may be told only when the job has begun already.
	waits=0
	while test "$waits" -lt 40
	do
		case "$job" in
		at | tsp) ;;
		*) break ;;
		esac
		pause 0.05
		waits=$((waits + 1))
		name_self
	done
	# What this job submits isn't this job.
	GITBATCH_PARENT=$selves
	export GITBATCH_PARENT
}

# sets: options
export_again () {
	# Not every scheduler hands the environment on.
	options=
	while IFS= read -r line
	do
		case "$line" in
		'option: '*) options=$options${options:+$newline}${line#option: } ;;
		esac
	done <"$dir/request"
	export_run
}
