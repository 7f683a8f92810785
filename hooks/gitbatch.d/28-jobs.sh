# --- The jobs of a run
#
# Their list is what the stand-ins recorded when they were submitted, what was
# named or spawned, what wrappers said of themselves, and, where something
# went past the record, what schedule.sh printed.

# sets: around calls first_call intents jobs names refusals refused_call unexplained waited_for
known_jobs () {
	# Sets $jobs, a line a job: SCHEDULER, ID, HOW (recorded, named, wrapper,
	# printed or bare), TASKS, CONTEXT, with tabs between, "-" for what isn't
	# known; $names, "SCHEDULER ID", tab, name; of $calls of submit commands
	# $intents, how many had no answer, $refusals, how many submitted nothing and
	# failed, the last one as $refused_call tells; $first_call, the process of the
	# first one; and $waited_for, how those failed that had submitted jobs.
	around=' ' jobs='' calls=0 first_call='' intents=0 refusals=0 refused_call='' names='' unexplained='' waited_for=' '
	recorded_jobs
	named_jobs
	wrapper_jobs
	printed_jobs
}

# sets: jobs
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

# sets: calls first_call id intents names refusals refused_call submit tasks waited_for
recorded_jobs () {
	for submit in "$dir"/submits/*
	do
		test -f "$submit" || continue
		calls=$((calls + 1))
		read_call
		first_call=${first_call:-$called_by}
		if test -n "$submitted"
		then
			test "${status:-0}" = 0 || waited_for="$waited_for$status "
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
			has_told_begin || intents=$((intents + 1))
		elif has_told_begin
		then
			waited_for="$waited_for$status "
		elif test -z "$resolved"
		then
			refusals=$((refusals + 1)) refused_call="$program failed with exit status $status"
		fi
	done
}

# sets: id scheduler submitted tasks
read_call () {
	# Of the call whose record is $submit.  One that goes on, or was killed, may
	# have printed what it did.
	read_submit "$submit"
	test -z "$submitted$status" || return 0
	answer=${submit%/*}/.${submit##*/}.out
	test -s "$answer" || return 0
	load_grammars
	submitters "$program"
	read_answers "$answer"
	while read -r scheduler id tasks
	do
		test -z "$id" || submitted="$submitted$id $tasks$newline"
	done <<-EOT
	${told%"$newline"}
	EOT
	scheduler=${told%% *}
}

# sets: context id owner scheduler
named_jobs () {
	test -f "$dir/jobs" || return 0
	while read -r scheduler id owner context
	do
		test "$owner" = - || context=
		is_known "$scheduler" "$id" "$context" ||
		add_job "$scheduler" "$id" named '' "$context"
	done <"$dir/jobs"
}

# sets: context mark scheduler tasks unexplained
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
				tasks='' context=
				! field "$dir/started$mark" tasks || tasks=$value
				! field "$dir/started$mark" context || context=$value
				add_job "$scheduler" "$whole" wrapper "$tasks" "$context"
				unexplained=$scheduler
			}
		fi
		next_mark
	done
}

# sets: whole
whole_id () {
	# SCHEDULER ID: sets $whole, the job that this is a task of, or is itself
	whole=$2
	case "$1:$2" in
	local:* | *:) return ;;
	*:*[!0-9]*) ;;
	*) return ;;
	esac
	load_grammars
	case " $schedulers " in
	*" $1 "*) "$1_whole" "$2" ;;
	esac
}

# sets: around context id intents scheduler tasks
printed_jobs () {
	# Of schedule.log: looked through once, when schedule.sh has ended
	test -f "$dir/printed" || {
		test -f "$dir/scheduled" || return 0
		test -s "$dir/schedule.log" || test -n "$jobs" || return 0
		# In a group, who looks at a run of somebody else's can't keep it.
		{
			look_for_printed
			look_around
			keep_printed
		} 2>/dev/null || return 0
	}
	told_of=$jobs
	while read -r how scheduler id tasks context
	do
		case "$how" in
		unrecorded)
			intents=$((intents + 1))
			continue
			;;
		around)
			around="$around$scheduler "
			continue
			;;
		bare | many)
			# Only where nothing else explains it
			test "$how:$told_of" = bare: || test -n "$unexplained" || continue
			test "$scheduler" != - || scheduler=${unexplained:--}
			how=bare
			;;
		esac
		is_known "$scheduler" "$id" ||
		add_job "$scheduler" "$id" "$how" "${tasks#-}" "$context"
	done <"$dir/printed"
}

keep_printed () {
	# Nothing is whole as soon as it is there.
	if test -z "$found"
	then
		printf '' >"$dir/printed"
	else
		put_now "$dir/printed" "$found"
	fi
}

# sets: candidates found program
look_for_printed () {
	# Sets $found, a line each: HOW, SCHEDULER, ID, TASKS, CONTEXT, "-" for what isn't
	# known.  Nobody prints the numbers of so many jobs without a word.
	load_grammars
	candidates=$schedulers program=
	found=$(
		printed_lines <"$dir/schedule.log"
		test "$looked" -lt 1000 || tail -n 1000 "$dir/schedule.log" | printed_lines
	)
	case "$newline$found" in
	*"${newline}bare "*) ;;
	*) return ;;
	esac
	found=$(printf '%s\n' "$found" | awk '
		!/^bare / { print }
		/^bare / { line[++bare] = $0 }
		END {
			for (i = 1; i <= bare; i++) {
				if (bare > 100) sub(/^bare/, "many", line[i])
				print line[i]
			}
		}')
}

# sets: found
look_around () {
	# AROUND, SCHEDULER: a line for each whose stand-in schedule.sh may have gone past
	for known_queue in $schedulers
	do
		case "$newline$jobs$newline$found" in
		*"$newline$known_queue$tab"* | *"${newline}printed $known_queue "*)
			! goes_around "$known_queue" "$dir/tree/schedule.sh" ||
			found="$found${found:+$newline}around $known_queue"
			;;
		esac
	done
}

# sets: context given looked
printed_lines () {
	# Of standard input, the first thousand
	looked=0
	while test "$looked" -lt 1000 && { IFS= read -r line || test -n "$line"; }
	do
		looked=$((looked + 1)) context='' given=
		case "$line" in
		*'gitbatch: '*' is not recorded, since '*) echo unrecorded ;;
		*[0-9]*) printed_line "$line" ;;
		esac
	done
}

printed_line () {
	# LINE
	if tells answer "$1"
	then
		how=printed
	elif tells alone "$1"
	then
		how=bare
	else
		test "$clean" = 0 || is_number "$clean" || return 0
		how=bare scheduler=- id=$clean
	fi
	printf '%s %s %s %s %s\n' "$how" "$scheduler" "$id" "${tasks:--}" "$context"
}
