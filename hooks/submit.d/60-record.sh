# --- The record

find_outer () {
	# Is this call made by another one that we stand in for, such as that of a
	# site's own sbatch?  Sets $outer, its record, and $passed: what it ran.
	outer=$submits/$GITBATCH_SUBMIT passed=:
	test -n "$GITBATCH_SUBMIT" && test -f "$outer" || {
		outer=
		return
	}
	mine=$program
	read_submit "$outer"
	program=$mine
	rest=${GITBATCH_SUBMIT#*.}
	if test -n "$submitted$status" || test "${rest#*.}" != "$short" ||
		test "$GITBATCH_PARENT" != "$selves" ||
		! kill -0 "${rest%%.*}" 2>/dev/null
	then
		outer='' passed=:
	fi
}

describe_call () {
	# ARG...: sets $name, $tasks, $output, $errors, $context, and $around
	name='' tasks='' output='' errors='' context='' given='' script='' around=
	for scheduler in $candidates
	do
		context_of "$scheduler"
		"${scheduler}_arguments" "$@"
		test ! -f "$script" || ! goes_around "$scheduler" "$script" || around=$scheduler
	done
}

note_intent () {
	# ARG...: sets $record, which is there before anything is submitted; fails
	# where it can't be written
	time=$(date -u '+%s %Y-%m-%dT%H:%M:%SZ')
	process $$
	key=${time%% *}.$$.$short
	record=$submits/$key
	describe_call "$@"
	make_place || return 1
	one='' several=${candidates# }
	test "${several#* }" != "$several" || one=$several
	printf '%s\n' "program: $program" "scheduler: $one" "time: ${time#* }" \
		"process: $process" "directory: $PWD" "parent:$selves" \
		"passed: $passed$real:" ${name:+"name: $name"} ${tasks:+"tasks: $tasks"} \
		${given:+"given: $given"} ${around:+"around: $around"} \
		${output:+"output: $output"} ${errors:+"errors: $errors"} \
		>"$record" &&
	note_context
} 2>/dev/null

make_place () {
	# A group sees its members' runs, whatever umask their scripts have set for
	# what the job itself makes.
	if test -f "$helper_dir/shared"
	then
		(umask g=rx && mkdir -p "$submits" && : >"$record")
	else
		test -d "$submits" || mkdir -p "$submits"
	fi
}

note_context () {
	intended=$context tasks_intended=$tasks
	for value in $context
	do
		printf 'context: %s\n' "$value" || return 1
	done >>"$record"
}

note_answer () {
	# STATUS ARG...: what came of it.  Where the record is gone, what this call
	# had called was nearer to the scheduler, and has noted it.
	test -f "$record" || return 0
	ended=$1
	shift
	read_answers "$answer"
	if test -n "$told"
	then
		note_ids "exit: $ended" && {
			test -z "$outer" || rm -f "$outer"
		}
	elif only_tried "$@"
	then
		rm -f "$record"
	elif test -z "$got"
	then
		printf 'exit: %s\n' "$ended" >>"$record"
	fi
} 2>/dev/null

note_ids () {
	# LINE: all at once, after what only the answer tells
	lines=
	test "$context" = "$intended" || for value in $context
	do
		lines="${lines}context: $value$newline"
	done
	while read -r scheduler id tasks
	do
		tasks=${tasks:-$tasks_intended}
		lines="${lines}scheduler: $scheduler$newline${tasks:+tasks: $tasks$newline}id: $id$newline"
	done <<-EOT
	${told%"$newline"}
	EOT
	printf '%s%s\n' "$lines" "$1" >>"$record"
}
