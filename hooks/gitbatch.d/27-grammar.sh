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
#	NAME_find FOLDER	prints the ids, one a line, of the caller's jobs that work
#				there, which wait, run or have just ended: of lines "ID
#				[SUBMITTED] DIRECTORY", `inside FOLDER` does; bounded by
#				`within SECONDS COMMAND`.  Else 3 where there never is anything to ask:
#				its programs are missing, or know of no cluster
#	NAME_asked		in a job: sets what it had asked for, $cores, $memory_asked
#				(bytes, of a machine), $limit (seconds) and $gpus; and
#				$apart, where its processes may be nobody's children, or
#				"machines" where they are on several
#
# Each may be missing, but for the commands.

# sets: schedulers
load_grammars () {
	# Sets $schedulers
	test -z "$schedulers" || return 0
	for grammar in "$helper_dir"/schedulers/*.sh "$helper_dir"/schedulers/site/*.sh
	do
		test -r "$grammar" || continue
		grammar_name=${grammar##*/}
		grammar_name=${grammar_name%.sh}
		case " $schedulers " in
		*" $grammar_name "*) ;;
		*)
			know_nothing "$grammar_name"
			schedulers="$schedulers $grammar_name"
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
	$1_whole() { :; }
	$1_find() { return 1; }
	$1_asked() { :; }"
}

# sets: value
grammar_of () {
	# SCHEDULER WORD: sets $value
	eval "value=\${$1_$2-}"
}

# sets: candidates scheduler
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

# What may put the real commands before their stand-ins
moves_path='^#!.*[[:blank:]](-[a-z]*l|--login)|^([^#]*[^A-Za-z0-9_#])?(PATH=|(module|ml)[[:blank:]]|command[[:blank:]]+(-[a-z]+[[:blank:]]+)*-[a-z]*p|env[[:blank:]]+-[i-]|[a-z]*sh[[:blank:]]+(-[a-z]*l|--login)|/etc/profile|[.](bash|z)?(rc|_?profile|_login))'

# What submits without any command
submits_itself='([^A-Za-z0-9_]|^)(drmaa2?|pyslurm|psij|radical[.]saga)([^A-Za-z0-9_]|$)|/slurm/v[0-9]'

head_of () {
	# FILE: as much as a script may be.  What grows while it is read has an end, too.
	dd if="$1" bs=65536 count=16
} 2>/dev/null

goes_around () {
	# SCHEDULER FILE...: does one of them call a submit command of it by a path, or
	# with a PATH of its own, or name a library that submits?
	grammar_of "$1" commands
	shift
	test -n "$value" || return 1
	command_names=
	for command_name in $value
	do
		command_names="$command_names${command_names:+|}$command_name"
	done
	for script_file
	do
		# This program names them all, and submits nothing.
		test "$script_file" != "$helper_dir/gitbatch" || continue
		! head_of "$script_file" | LC_ALL=C submitting="($command_names)([^A-Za-z0-9_./-]|\$)" \
			itself=$submits_itself moves=$moves_path awk '
			BEGIN {
				by_path = "^[^#]*/" ENVIRON["submitting"]
				by_name = "^([^#]*[^A-Za-z0-9_./#-])?" ENVIRON["submitting"]
			}
			$0 ~ by_path || $0 ~ ENVIRON["itself"] { around = 1; exit }
			$0 ~ by_name { named = 1 }
			$0 ~ ENVIRON["moves"] { moved = 1 }
			END { exit !(around || named && moved) }' || return 0
	done
	return 1
} 2>/dev/null

# --- Context

# sets: encoded
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

# --- The job that this is

# sets: attempt id job scheduler selves tasks
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
