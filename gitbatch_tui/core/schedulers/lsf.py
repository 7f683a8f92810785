"""LSF, as the documentation of Spectrum LSF 10.1 has it: bjobs tells of all jobs.

LSF forgets a job some time after its end, by default an hour (CLEAN_PERIOD of lsb.params).
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from gitbatch_tui.core.base.text import one_line
from gitbatch_tui.core.schedulers.adapter import NEVER_RAN, JobState, whole
from gitbatch_tui.core.schedulers.grammar import find_of
from gitbatch_tui.core.schedulers.outcome import TELL
from gitbatch_tui.models import State

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from gitbatch_tui.core.hosts.host import Answer


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
"""Prints a line a job, or a task of an array, with `FIELDS`; and at last `gitbatch: ` with the exit
status of bjobs."""
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
_NOT_FOUND = re.compile(r"^Job <[^>]*> is not found\.?$")
_LAST = re.compile(r"^gitbatch: (\d+)\n\Z", re.MULTILINE)
_OVERTIME = "124"
_FORGOTTEN = JobState(
    State.UNKNOWN, "LSF doesn't know it any more, or never did: nothing says how it ended"
)
_NEVER = "never satisfied"
_RUNNING = {
    "RUN": "",
    "USUSP": "suspended by its owner or an administrator",
    "SSUSP": "suspended by LSF",
    "UNKWN": "LSF has lost contact with its machine",
}
_WAITING = {
    "PEND": "",
    "PROV": "its machine is waking up",
    "WAIT": "waits for the other jobs of its chunk",
}
# bacct(1) has the list.
_KILLED = {
    "TERM_ADMIN": "killed by an administrator",
    "TERM_BUCKET_KILL": "killed by `bkill -b`",
    "TERM_FORCE_ADMIN": "killed by an administrator",
    "TERM_FORCE_OWNER": "killed by its owner",
    "TERM_ORPHAN_SYSTEM": NEVER_RAN,
    "TERM_OWNER": "killed by its owner",
}
_WHY = {
    "TERM_RUNLIMIT": "reached its time limit",
    "TERM_MEMLIMIT": "needed more memory than it asked for",
    "TERM_SWAP": "needed more memory than it asked for",
    "TERM_CPULIMIT": "reached its limit of processor time",
    "TERM_DEADLINE": "could not end before its deadline",
    "TERM_CWD_NOTEXIST": "could not be started: its folder isn't there on its machine",
    "TERM_LOAD": "was stopped, since its machine was too busy",
    "TERM_PREEMPT": "made room for a job that is more important",
    "TERM_PRE_EXEC_FAIL": "could not be started: what runs before it failed",
    "TERM_PROCESSLIMIT": "started more processes than it may",
    "TERM_THREADLIMIT": "started more threads than it may",
    "TERM_WINDOW": "its queue was closed for the time being",
}


def _script(program: str, which: str) -> str:
    return f"program={program} which=' {which} '\n{_ORDER}"


CANCEL = _script("bkill", "PEND PROV WAIT PSUSP RUN USUSP SSUSP UNKWN ZOMBI")
HOLD = _script("bstop", "PEND WAIT")
RELEASE = _script("bresume", "PSUSP")


class _Line(NamedTuple):
    """A line about a job or a task of an array, in the order of `FIELDS`."""

    jobid: str
    jobindex: str
    stat: str
    exit_code: str
    exit_reason: str
    exec_host: str
    dependency: str
    pend_reason: str


class Lsf:
    """LSF."""

    name = "lsf"
    ids = r"\d+(?:\[\d+\])?"
    ask = ASK
    find = find_of("lsf")
    cancel = CANCEL
    hold = HOLD
    release = RELEASE

    def read(self, answer: Answer, ids: Collection[str]) -> dict[str, JobState]:
        text, complaints = answer.text, answer.stderr.decode("utf-8", "replace")
        last = _LAST.search(text)
        lines = map(str.strip, complaints.split("\n"))
        trouble = one_line("; ".join(line for line in lines if line and not _NOT_FOUND.match(line)))
        if not answer.status and (not last or last[1] == _OVERTIME):
            raise ValueError("bjobs gave no answer in time")
        told = _told(text[: last.start()]) if last else {}
        if not last or (trouble and not told):
            raise ValueError(trouble or "bjobs gave no answer")
        known = {job: _state(told, job) for job in ids}
        return {job: state or _FORGOTTEN for job, state in known.items()}


def _told(text: str) -> dict[str, JobState]:
    """The state of each job that is none of an array, and of each task (`7[2]`)."""
    lines = text.replace("\r\n", "\n").split("\n")
    fields = [line.split(BETWEEN) for line in lines if line.strip()]
    if odd := next((words for words in fields if len(words) != len(_Line._fields)), None):
        # It may have been a task that failed.
        raise ValueError(f"bjobs said {one_line(' '.join(odd)[:80])}")
    jobs = [_Line(*map(one_line, words)) for words in fields]
    return {_ident(job): _describe(job) for job in jobs}


def _ident(line: _Line) -> str:
    alone = line.jobindex in {"0", "-", ""}
    return line.jobid if alone else f"{line.jobid}[{line.jobindex}]"


def _state(told: Mapping[str, JobState], job: str) -> JobState | None:
    tasks = {each: state for each, state in told.items() if each.startswith(f"{job}[")}
    if job in told or not tasks:
        return told.get(job)
    ordered = dict(sorted(tasks.items(), key=lambda item: _index(item[0])))
    return replace(whole(ordered), tasks=ordered)


def _index(task: str) -> int:
    index = task.partition("[")[2].rstrip("]")
    return int(index) if index.isascii() and index.isdigit() and len(index) < 10 else 0  # noqa: PLR2004  # digits of the greatest index


def _describe(line: _Line) -> JobState:
    # `4*node1:node2`
    hosts = [part.partition("*")[2] or part for part in line.exec_host.split(":")]
    host = ",".join(dict.fromkeys(host for host in hosts if host not in {"", "-"}))
    if line.stat in _RUNNING:
        return JobState(State.RUNNING, _RUNNING[line.stat], host=host)
    if line.stat in _WAITING or line.stat == "PSUSP":
        return _waiting(line)
    if line.stat == "DONE" and line.exit_code in {"", "-", "0"}:
        return JobState(State.SUCCEEDED, exit=0, host=host)
    if line.stat == "EXIT":
        return replace(_ended(line), host=host)
    if line.stat == "ZOMBI":
        why = "it was killed, and its machine doesn't say whether it has ended"
        return JobState(State.UNKNOWN, why, host=host)
    return JobState(State.UNKNOWN, f"LSF says {line.stat or 'nothing'}")


def _waiting(line: _Line) -> JobState:
    # `done(4711) && ended(4712)`
    before = tuple(re.findall(r"\(\"?(\d+)", line.dependency))
    if line.stat == "PSUSP":
        return JobState(State.QUEUED, "held by you or an administrator", held=True, awaits=before)
    reason = line.pend_reason.strip("-; ")
    if _NEVER in reason:
        why = f"waits for job {', '.join(before)}" if before else "waits for another job"
        return JobState(State.QUEUED, f"{why}: will never start", never=True, awaits=before)
    if before and "dependency" in reason:
        return JobState(State.QUEUED, f"waits for job {', '.join(before)}", awaits=before)
    return JobState(State.QUEUED, _WAITING[line.stat] or reason, awaits=before)


def _ended(line: _Line) -> JobState:
    word = line.exit_reason.partition(":")[0].strip()
    if word in _KILLED:
        return JobState(State.CANCELLED, _KILLED[word])
    code = line.exit_code if re.fullmatch(r"\d{1,3}", line.exit_code) else ""
    if word in _WHY:
        return JobState(State.FAILED, _WHY[word])
    reason = line.exit_reason.strip("-; ")
    if code and int(code) and not word.startswith("TERM_"):
        return JobState(State.FAILED, f"exit status {code}", exit=int(code))
    return JobState(State.FAILED, reason or "LSF says that it failed, and not how")
