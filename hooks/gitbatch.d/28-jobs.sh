# --- The jobs of a run
#
# Their list is what the shim recorded when they were submitted, what was
# named or spawned, what wrappers said of themselves, and, where something
# went past the record, what schedule.sh printed.

known_jobs () {
	# Sets $jobs, a line a job: SCHEDULER, ID, HOW (recorded, named, wrapper,
	# printed or bare), TASKS, CONTEXT, with tabs between, "-" for what isn't
	# known; $names, "SCHEDULER ID", tab, name; and $intents, how many calls of
	# submit commands had no answer.
	jobs='' intents=0 names='' unexplained=
	recorded_jobs
	named_jobs
	wrapper_jobs
	printed_jobs
}

add_job () {
	# SCHEDULER ID HOW [TASKS [CONTEXT]]
	jobs=$jobs$1$tab$2$tab$3$tab${4:--}$tab${5:--}$newline
}

is_known () {
	# SCHEDULER ID [CONTEXT]: is it in $jobs?
	case "$newline$jobs" in
	*"$newline$1$tab$2$tab"*"$tab${3:-}"*) ;;
	*) return 1 ;;
	esac
}

recorded_jobs () {
	for submit in "$dir"/submits/*
	do
		case "$submit" in
		*/'*' | *.out | *.tmp) continue ;;
		esac
		read_submit "$submit"
		if test -n "$submitted"
		then
			while IFS=' ' read -r id tasks
			do
				add_job "${scheduler:--}" "$id" recorded "$tasks" "$context"
				test -z "$name" ||
				names="$names$scheduler $id$tab$name$newline"
			done <<-EOT
			${submitted%"$newline"}
			EOT
		elif is_intent
		then
			intents=$((intents + 1))
		fi
	done
}

is_intent () {
	# After read_submit: may it have submitted something that nobody knows of?
	test -z "$submitted" && test -z "$resolved" && test "${status:-0}" = 0
}

read_submit () {
	# FILE: sets $program, $scheduler, $time, $directory, $name,
	# $context (NAME=VALUE, encoded, with spaces between), $status, and
	# $submitted, a line "ID TASKS" a job
	program='' scheduler='' time='' directory='' name='' context=''
	status='' resolved='' submitted='' tasks=
	while IFS= read -r line
	do
		value=${line#*: }
		case "$line" in
		'program: '*) program=$value ;;
		'scheduler: '*) scheduler=$value ;;
		'time: '*) time=$value ;;
		'directory: '*) directory=$value ;;
		'name: '*) name=$value ;;
		'context: '*) context="$context${context:+ }$value" ;;
		'tasks: '*) tasks=$value ;;
		'id: '*) submitted="$submitted$value $tasks$newline" ;;
		'exit: '*) status=$value ;;
		'resolved: '*) resolved=$value ;;
		esac
	done <"$1"
} 2>/dev/null

resolve_intent () {
	# KEY [ID]: the scheduler was asked: it is this job, or there is none
	submit=$dir/submits/$1
	test -f "$submit" || return 1
	printf '%s\n' ${2:+"id: $2"} 'resolved: asked' >>"$submit"
}

named_jobs () {
	test -f "$dir/jobs" || return 0
	while read -r scheduler id owner context
	do
		test "$owner" = - || context=
		is_known "$scheduler" "$id" "$context" ||
		add_job "$scheduler" "$id" named '' "$context"
	done <"$dir/jobs"
}

wrapper_jobs () {
	# What jobs said of themselves.  One that nobody had recorded shows that
	# there may be others.
	mark=
	while test -f "$dir/started$mark"
	do
		if field "$dir/started$mark" job && test -n "$value"
		then
			scheduler=${value%% *}
			whole_id "$scheduler" "${value#* }"
			is_known "$scheduler" "$whole" || {
				tasks=
				! field "$dir/started$mark" tasks || tasks=$value
				add_job "$scheduler" "$whole" wrapper "$tasks"
				unexplained=$scheduler
			}
		fi
		next_mark
	done
}

whole_id () {
	# SCHEDULER ID: sets $whole, the job that this is a task of, or is itself
	whole=$2
	case "$1:$2" in
	local:* | *:*[!0-9]*) ;;
	*) return ;;
	esac
	case "$1" in
	slurm) whole=${2%%[_+]*} ;;
	sge | htcondor) whole=${2%%.*} ;;
	pbs)
		case "$2" in
		*'['*']'*) whole="${2%%[[]*}[]${2#*[]]}" ;;
		esac
		;;
	lsf) whole=${2%%[[]*} ;;
	esac
}

printed_jobs () {
	# Of schedule.log: looked through once, when schedule.sh has ended
	test -f "$dir/printed" || {
		test -s "$dir/schedule.log" && test -f "$dir/scheduled" || return 0
		look_for_printed >"$dir/printed.$$.tmp" 2>/dev/null
		mv -f "$dir/printed.$$.tmp" "$dir/printed" 2>/dev/null || return 0
	}
	told_of=$jobs
	while read -r how scheduler id tasks
	do
		case "$how" in
		bare) scheduler=${unexplained:--} ;;
		esac
		test "$how" = bare && test -n "$told_of" && test -z "$unexplained" ||
		is_known "$scheduler" "$id" ||
		add_job "$scheduler" "$id" "$how" "$tasks"
	done <"$dir/printed"
}

look_for_printed () {
	# "printed SCHEDULER ID TASKS", or "bare - NUMBER", a line each
	LC_ALL=C awk '
		{ gsub(/\033\[[0-9;:?]*[ -\/]*[@-~]|\r/, ""); sub(/^[ \t]+/, ""); sub(/[ \t]+$/, "") }
		/^Submitted batch job [0-9]/ { print "printed slurm " $4 }
		/^Your job(-array)? [0-9]/ { print "printed sge " int($3) }
		/^job [0-9]+ at / { print "printed at " $2 }
		/^[0-9]+ job\(s\) submitted to cluster [0-9]/ { print "printed htcondor " int($6), $1 }
		/^[0-9]+$/ { print "bare - " $0 }' "$dir/schedule.log" | LC_ALL=C sort -u
}
