# --- Records of submissions
#
# A file a call of a submit command, runs/N/submits/KEY, of lines "key: value";
# what such a call has printed so far is in .KEY.out until it has ended.  One
# file each, because several hosts can't append to one safely.

# sets: around called_by context directory errors given name output program resolved scheduler status
# sets: submitted tasks time value
read_submit () {
	# FILE: sets $program, $scheduler, $time, $called_by, a process, $directory,
	# $name, $passed, $given, $output and $errors (paths), adds to $around, and
	# sets $context (NAME=VALUE, encoded, with spaces between), $status, $resolved,
	# and $submitted, a line "ID TASKS" a job
	program='' scheduler='' time='' called_by='' directory='' name='' passed='' given='' context=''
	output='' errors=''
	status='' resolved='' submitted='' tasks=
	while IFS= read -r line
	do
		value=${line#*: }
		# shellcheck disable=SC2034 # what the stand-in asks for
		case "$line" in
		'program: '*) program=$value ;;
		'scheduler: '*) scheduler=$value ;;
		'time: '*) time=$value ;;
		'process: '*) called_by=$value ;;
		'directory: '*) directory=$value ;;
		'name: '*) name=$value ;;
		'given: '*) given=$value ;;
		'output: '*) output=$value ;;
		'errors: '*) errors=$value ;;
		'passed: '*) passed=$value ;;
		'around: '*) around="$around$value " ;;
		'context: '*) replace_context "${value%%=*}" "${value#*=}" ;;
		'tasks: '*) tasks=$value ;;
		'id: '*) submitted="$submitted$value $tasks$newline" ;;
		'exit: '*) status=$value ;;
		'resolved: '*) resolved=$value ;;
		esac
	done <"$1"
} 2>/dev/null

# sets: before context
replace_context () {
	# NAME VALUE, encoded: into $context, in place of what it had for NAME
	case " $context " in
	*" $1="*)
		before=" $context" after=" $context "
		before=${before%%" $1="*} after=${after#*" $1="}
		context="${before# } ${after#* }"
		context=${context# } context=${context% }
		;;
	esac
	context="$context${context:+ }$1=$2"
}

is_intent () {
	# After read_submit: may it have submitted something that nobody knows of?
	test -z "$submitted" && test -z "$resolved" && test "${status:-0}" = 0
}

resolve_intent () {
	# KEY [ID]: the scheduler was asked: it is this job, or there is none
	submit=$dir/submits/$1
	test -f "$submit" || return 1
	printf '%s\n' ${2:+"id: $2"} 'resolved: asked' >>"$submit"
}

# sets: id of submit value word
recorded_self () {
	# SCHEDULER: sets $self and $id where GITBATCH_SUBMIT names a record of it
	submit=$GITBATCH_RUN_DIR/submits/$GITBATCH_SUBMIT
	test -n "$GITBATCH_SUBMIT" && test -f "$submit" || return 1
	self=$GITBATCH_SUBMIT id='' of=
	while read -r word value
	do
		case "$word" in
		scheduler:) of=$value ;;
		id:) id=$value ;;
		esac
	done <"$submit"
	test "$of" = "$1"
}
