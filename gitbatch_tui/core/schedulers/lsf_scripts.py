"""The scripts that ask LSF about jobs, and change them.

The first one prints a line a job, or a task of an array, with `FIELDS`; and at last `gitbatch: `
with the exit status of bjobs.
"""

from __future__ import annotations

from gitbatch_tui.core.schedulers.outcome import TELL

FIELDS = "jobid jobindex stat exit_code exit_reason exec_host dependency pend_reason"
"""Nothing that a job can choose freely, such as its name."""
BETWEEN = "\037"
_SITE = r"""export LC_ALL=C
unset LSB_BJOBS_FORMAT
command -v bjobs >/dev/null || {
	echo >&2 "there is no bjobs on the PATH: BASE/profile can set it"
	exit 1
}
between=$(printf '\037')
"""
# An array is asked for as a whole. Without an id, bjobs tells of all jobs.
ASK = (
    _SITE
    + rf"""ids=$(printf '%s\n' "$@" | sed 's/\[.*//' | grep -x '[0-9][0-9]*' | sort -u)
test -n "$ids" || {{
	echo 'gitbatch: 0'
	exit 0
}}
# shellcheck disable=SC2086 # one word each
within 20 bjobs -noheader -o "{FIELDS} delimiter='$between'" $ids
printf 'gitbatch: %s\n' "$?"
"""
)
# bstop suspends what runs, too: each task gets the order by itself.
_ORDER = (
    TELL
    + _SITE
    + r"""for job
do
	now=$(within 10 bjobs -noheader -o "jobid jobindex stat delimiter='$between'" "$job" 2>&1)
	status=$?
	case $now in
	*' is not found'*)
		tell gone "$job"
		continue
		;;
	esac
	test "$status" = 0 || {
		came "$job" "$status" "$now"
		continue
	}
	word=gone why=
	for task in $(printf '%s\n' "$now" | awk -F "$between" -v which="$which" '
		index(which, " " $3 " ") { print ($2 + 0 ? $1 "[" $2 "]" : $1) }
	')
	do
		said=$(within 10 "$program" "$task" 2>&1)
		status=$?
		case $said in
		*'already finished'* | *'is not found'* | *'No matching job'*) continue ;;
		esac
		test "$word" = failed || word="done"
		test "$status" = 0 || word=failed why=${said:-there was no answer in time}
	done
	tell "$word" "$job" "$why"
done
exit "$trouble"
"""
)


def _script(program: str, which: str) -> str:
    return f"program={program} which=' {which} '\n{_ORDER}"


CANCEL = _script("bkill", "PEND PROV WAIT PSUSP RUN USUSP SSUSP UNKWN ZOMBI")
HOLD = _script("bstop", "PEND WAIT")
RELEASE = _script("bresume", "PSUSP")
