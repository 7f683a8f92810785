# --- The grammar of schedulers
#
# What is to be known of each scheduler is in schedulers/NAME.sh, and in
# schedulers/site/NAME.sh for those that a site added.  All is in names and
# functions that begin with NAME:
#
#	NAME_commands		the commands that submit jobs
#	NAME_speaks_on		2 where these answer on standard error
#	NAME_variables		of the environment, that give an id its meaning
#	NAME_queries ARG...	do these submit nothing?  As far as the first one tells
#	NAME_dry		arguments with which they only try
#	NAME_arguments ARG...	sets $name and $tasks, and what is in the context
#	NAME_answer LINE	sets $id and $tasks of a job that a sentence tells of
#	NAME_alone LINE		the same of an id without words
#	NAME_self		sets $self, $id, $tasks, $attempt from the environment
#	NAME_whole ID		sets $whole, the job that ID is a task of
#
# Each may be missing, but for the commands.

load_grammars () {
	# Sets $schedulers
	test -z "$schedulers" || return 0
	for grammar in "$helper_dir"/schedulers/*.sh "$helper_dir"/schedulers/site/*.sh
	do
		test -r "$grammar" || continue
		scheduler=${grammar##*/}
		scheduler=${scheduler%.sh}
		case " $schedulers " in
		*" $scheduler "*) ;;
		*)
			know_nothing "$scheduler"
			schedulers="$schedulers $scheduler"
			;;
		esac
		# shellcheck source=/dev/null
		. "$grammar"
	done
}

know_nothing () {
	# SCHEDULER: what its grammar doesn't tell
	eval "$1_queries() { return 1; }
	$1_arguments() { :; }
	$1_context() { :; }
	$1_answer() { return 1; }
	$1_alone() { return 1; }
	$1_self() { return 1; }
	$1_whole() { :; }"
}

grammar_of () {
	# SCHEDULER WORD: sets $value
	eval "value=\${$1_$2-}"
}

submitters () {
	# COMMAND: sets $candidates, the schedulers that it may submit to
	candidates=
	for scheduler in $schedulers
	do
		grammar_of "$scheduler" commands
		case " $value " in
		*" $1 "*) candidates="$candidates $scheduler" ;;
		esac
	done
}

# --- Words of command lines

each_option () {
	# FLAGS COMMAND ARG...: calls COMMAND OPTION VALUE for those before the
	# script; sets $script, and adds to $given.  FLAGS are the options that
	# take no value; with "-" among them, a letter's value may be joined to it.
	flags=$1 on_option=$2
	shift 2
	script=
	while test $# -gt 0
	do
		case "$1" in
		--)
			script=${2-}
			return
			;;
		--*=*) take_option "${1%%=*}" "${1#*=}" ;;
		-?*)
			case "$flags" in
			*" $1 "*) take_option "$1" '' ;;
			*)
				is_joined "$1" || {
					take_option "$1" "${2-}"
					test $# -lt 2 || shift
				}
				;;
			esac
			;;
		*)
			script=$1
			return
			;;
		esac
		shift
	done
}

take_option () {
	given="$given $1 "
	"$on_option" "$@"
}

is_joined () {
	# -JNAME: takes it
	case "$flags:$1" in
	' - '*:--* | ' - '*:-?) return 1 ;;
	' - '*) ;;
	*) return 1 ;;
	esac
	option_value=${1#-?}
	take_option "${1%"$option_value"}" "$option_value"
}

each_directive () {
	# MARK FLAGS COMMAND: the same for the lines "MARK options" of $script,
	# but for options that the command line has
	test -f "$script" && test -r "$script" || return 0
	submitted_script=$script said=$given on_directive=$3 directives=0
	while IFS= read -r line && test "$directives" -lt 100
	do
		directives=$((directives + 1))
		case "$line" in
		"$1 "*)
			line=${line#"$1 "}
			# shellcheck disable=SC2086 # words, as its scheduler splits them
			each_option "$2" take_directive ${line%%" #"*}
			;;
		'#'* | '') ;;
		*) break ;;
		esac
	done <"$script"
	script=$submitted_script
}

take_directive () {
	case "$said" in
	*" $1 "*) ;;
	*) "$on_directive" "$@" ;;
	esac
}

count_ranges () {
	# 1-10:3,15%2: sets $tasks, how many these are
	tasks=0 ranges=${1%%[%]*},
	while test -n "$ranges"
	do
		range=${ranges%%,*} ranges=${ranges#*,}
		step=1
		case "$range" in
		*:*) step=${range##*:} range=${range%%:*} ;;
		esac
		first=${range%%-*} last=${range##*-}
		case "$first.$last.$step" in
		.* | *..* | *. | *[!0-9.]* | *.0* | *???????????????????????????*)
			tasks=
			return
			;;
		esac
		tasks=$((tasks + (last - first) / step + 1))
	done
}

# --- Context

encoded () {
	# TEXT: sets $encoded, without blanks, line ends and "%"
	encoded=$1
	case "$1" in
	*[!A-Za-z0-9_./:=@,+-]*) ;;
	*) return ;;
	esac
	encoded='' rest=$1
	while test -n "$rest"
	do
		letter=${rest%"${rest#?}"}
		rest=${rest#?}
		case "$letter" in
		'%') encoded=$encoded%25 ;;
		' ') encoded=$encoded%20 ;;
		"$tab") encoded=$encoded%09 ;;
		"$newline") encoded=$encoded%0A ;;
		*) encoded=$encoded$letter ;;
		esac
	done
}

in_context () {
	# NAME VALUE: in $context, in place of what it had for NAME
	encoded "$2"
	replace_context "$1" "$encoded"
}

context_of () {
	# SCHEDULER: into $context, what its variables are set to
	grammar_of "$1" variables
	for variable in $value
	do
		eval "test -z \"\${$variable+set}\" || in_context $variable \"\$$variable\""
	done
	"$1_context"
}

# --- Answers

clean () {
	# LINE: sets $clean, without colours, titles, carriage returns and the
	# blanks around it
	clean=$1
	case "$clean" in
	*[[:cntrl:]]*) clean_controls ;;
	esac
	clean=${clean#"${clean%%[! 	]*}"}
	clean=${clean%"${clean##*[! 	]}"}
}

clean_controls () {
	test -n "$escape" || {
		escape=$(printf '\033') bell=$(printf '\007')
		return=$(printf '\r')
	}
	while :
	do
		case "$clean" in
		*"${escape}["*)
			rest=${clean#*"${escape}["}
			rest=${rest#"${rest%%[!0-9:;<=>?]*}"}
			clean=${clean%%"${escape}["*}${rest#?}
			;;
		*"$escape]"*"$bell"*)
			rest=${clean#*"$escape]"}
			clean=${clean%%"$escape]"*}${rest#*"$bell"}
			;;
		*"$escape]"*"$escape\\"*)
			rest=${clean#*"$escape]"}
			clean=${clean%%"$escape]"*}${rest#*"$escape\\"}
			;;
		*"$escape"*) clean=${clean%%"$escape"*}${clean#*"$escape"} ;;
		*"$return"*) clean=${clean%%"$return"*}${clean#*"$return"} ;;
		*) break ;;
		esac
	done
}

read_answers () {
	# FILE: what $program printed, of $candidates.  Sets $told, a line
	# "SCHEDULER ID TASKS" a job.  Sentences count more than ids alone.
	told=
	tell_of answer "$1"
	test -n "$told" || tell_of alone "$1"
}

tell_of () {
	# answer|alone FILE
	while IFS= read -r line || test -n "$line"
	do
		tells "$1" "$line" || continue
		case "$newline$told" in
		*"$newline$scheduler $id "*) ;;
		*) told="$told$scheduler $id $tasks$newline" ;;
		esac
	done <"$2"
} 2>/dev/null

tells () {
	# answer|alone LINE: sets $scheduler, $id, $tasks
	clean "$2"
	test -n "$clean" || return 1
	for scheduler in $candidates
	do
		id='' tasks=
		! "${scheduler}_$1" "$clean" || ! sound_id "$id" || return 0
	done
	return 1
}

sound_id () {
	case "$1" in
	'' | *[[:space:][:cntrl:]]*) return 1 ;;
	esac
	test "${#1}" -lt 256
}

# --- The job that this is

name_self () {
	# Sets $job to what its scheduler calls this job, with $tasks and $attempt
	# of it; and $selves, all schedulers of which this is a job, itself first.
	# Those that GITBATCH_PARENT names had started what submitted this one.
	job='' selves='' own='' own_tasks='' own_attempt='' standing=
	load_grammars
	for scheduler in $schedulers
	do
		self='' id='' tasks='' attempt=
		"${scheduler}_self" || continue
		case "$GITBATCH_PARENT" in
		" $scheduler:$self:"*) closer=2 ;;
		*" $scheduler:$self:"*) closer=1 ;;
		*) closer=3 ;;
		esac
		test "$closer" = 3 || {
			id=${GITBATCH_PARENT##*" $scheduler:$self:"}
			id=${id%% *}
		}
		entry="$scheduler:$self:$id"
		selves="$selves$entry "
		test "$closer" -gt "${standing:-0}" || continue
		standing=$closer own=$entry own_tasks=$tasks own_attempt=$attempt
		job="$scheduler${id:+ $id}"
	done
	tasks=$own_tasks attempt=$own_attempt
	selves=" $own $selves"
}
