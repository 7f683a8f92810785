#!/bin/sh
#
# gitbatch: the server side of a batch remote.
#
# Everything of one batch remote lives in one directory, BASE:
#
#	BASE/repo.git		the bare repository that users push to
#	BASE/repo.git/gitbatch	this program, beside its version stamp
#	BASE/profile		optional; sourced before schedule.sh
#	BASE/on-end		optional; run once for each run that ends
#	BASE/runs/42		a run: files that ls and cat can read
#	BASE/active/42		exists while run 42 is not settled
#	BASE/queue/7		a job of the embedded scheduler, until it ends
#
# A file of a run is written once, under another name first, and holds
# "key: value" lines: request, scheduled, started, finished, cancelled,
# settled, links.  A run's permanent facts are commits: refs/gitbatch/log is
# the history, refs/gitbatch/keep makes every input and result reachable.
# Both grow by compare-and-swap; the number of refs doesn't grow with the
# runs.
#
# Needs a POSIX sh and git 2.17.  setsid and flock are used where they are.

# A schedule.sh or a job whose PATH has only folders of its own calls this all the same.
# In yash, not even test is there then.
spare_path=
for needed in test awk date grep ln mkdir mv rm sed
do
	command -v "$needed" || spare_path=${PATH:+:}/usr/bin:/bin
done >/dev/null 2>&1
PATH=$PATH$spare_path

# Shells of the Korn family read parts of this in a way of their own.
if test -n "${KSH_VERSION:-}${POSH_VERSION:-}" && test -z "${GITBATCH_SHELL:-}"
then
	GITBATCH_SHELL=found
	export GITBATCH_SHELL
	for shell in dash bash ash busybox
	do
		found=$(command -v "$shell" 2>/dev/null) || continue
		PATH=${PATH%"$spare_path"}
		case "$shell" in
		busybox) exec "$found" sh "$0" "$@" ;;
		*) exec "$found" "$0" "$@" ;;
		esac
	done
	echo >&2 "gitbatch: sh is a Korn shell here, which can't run this, and there is no other: install dash or bash; nothing was started"
	exit 1
fi
unset GITBATCH_SHELL

version=0.1.0

usage='usage: gitbatch COMMAND

In a job, and in schedule.sh:
    run [--] COMMAND...      run COMMAND as the job of this run: keep its
                             output and exit status, bring its results home
    spawn [--] COMMAND...    the same in the background, when a slot is free
    job SCHEDULER ID         say which job of which scheduler is this run'\''s
    log-file [NAME] PATH     say where else the job writes what people read
    environment [--keep]     print what this computes with; or keep it as
                             this run'\''s, after activating something
    deliver                  bring the commits made so far home
    check-links              where the run tree'\''s links out of it lead to:
                             exit 1 for one that is missing, unreadable or
                             can be changed

About runs:
    status [RUN...]          one line a run; without RUN, those not settled
    jobs RUN...              the jobs of runs, what they told of themselves, and
                             calls of submit commands that had no answer
    watch                    the same again whenever something has changed
    pages RUN                what there is to read: name, FILE for log, path
    log RUN [--file FILE] [--offset N] [--bytes N] [--follow | --stat]
                             --follow: until the run is over, or standard
                             input ends, as that of ssh -n does at once
    log RUN [--file FILE] --find TEXT [--before N | --after N]
    files RUN [PATH]         files of the run tree: size, path
    contents RUN             of many of them what is in them: reads which on
                             standard input (docs/formats.md)
    folder RUN [--from N] [--most N] [PATH]
                             what is in a folder of it: kind, size, name
    cancel [--mark | --unmark] RUN...
                             stop the jobs of a run; or only note, or forget,
                             that they are to be stopped
    rerun RUN [--tasks LIST] [-o NAME=VALUE]...
                             a new run of the same commit; of an array, with
                             LIST (1,4,7) in GITBATCH_TASKS for schedule.sh
    start BRANCH [-o NAME=VALUE]... a run of the tip of BRANCH
    sweep                    many runs of one commit: reads which on standard
                             input (docs/formats.md)
    settle RUN [STATE [EXIT [REASON]]]
                             bring a run that ended to its final state
    tell RUN                 keep what schedulers say of its jobs: lines on
                             standard input; settles a run that ended by that
    verify RUN               what proves that it is what it claims to be
    attest RUN WORD [KEY VALUE]...
                             record what verifying or reproducing came to
    used                     record what accounting says that runs used: lines
                             RUN WORDS on standard input (docs/formats.md)
    prune [--dry-run] [--ignored]
                             remove run trees whose results are in git;
                             with --ignored, also files that .gitignore names
    check [--repair]         is everything as it has to be?
    version'

# --- Words and files

die () {
	printf 'gitbatch: %s\n' "$*" >&2
	exit 1
}

# One field of a tab-separated line: no tabs, no line ends.
newline='
'
tab='	'

# sets: value
field () {
	# FILE KEY: sets $value
	value=
	test -f "$1" || return 1
	while IFS= read -r line
	do
		case "$line" in
		"$2: "*)
			value=${line#"$2: "}
			return 0
			;;
		esac
	done <"$1"
	return 1
}

number () {
	# Is this a number that arithmetic takes?
	case "$1" in
	'' | *[!0-9]* | 0?* | ????????????????*)
		return 1
		;;
	esac
}

utc () {
	exec date -u '+%s %Y-%m-%dT%H:%M:%SZ'
}

# sets: epoch now
clock () {
	# Sets $epoch (seconds, UTC) and $now (ISO 8601, UTC).
	now=$(utc) || now=$(utc)
	epoch=${now% *}
	now=${now#* }
}

pause () {
	# Seconds.  Without fractions, or a PATH that has it, it is the system's own
	# for one second: whoever waits in a loop must not try without a pause.
	sleep "$1" 2>/dev/null || command -p sleep 1
}

# sets: settings value
is_set () {
	# KEY, in small letters, of the repository's configuration: sets $value.  All of
	# ours are asked for at once, and again when $settings was emptied.
	test -n "$settings" ||
	settings=$newline$(become_bare config --get-regexp '^gitbatch\.|^filter\.lfs\.process$')$newline
	value=
	case "$settings" in
	*"$newline$1 "*)
		value=${settings##*"$newline$1 "}
		value=${value%%"$newline"*}
		;;
	*"$newline$1$newline"*) ;;
	*) return 1 ;;
	esac
}

# sets: value
setting () {
	# KEY DEFAULT: a number of ours, in small letters, of the repository's configuration
	is_set "gitbatch.$1" && {
		number "$value" || value=$(bare config --int "gitbatch.$1")
	} && number "$value" || value=$2
}

