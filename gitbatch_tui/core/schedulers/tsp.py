"""Task-spooler: a queue of one person on one machine."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from gitbatch_tui.core.base.text import one_line
from gitbatch_tui.core.schedulers.adapter import JobState
from gitbatch_tui.core.schedulers.outcome import TELL
from gitbatch_tui.models import State

if TYPE_CHECKING:
    from collections.abc import Collection

    from gitbatch_tui.core.hosts.host import Answer

_HEAD = re.compile(r"ID +State +Output +E-Level ")
# `0    finished   /tmp/ts-out.1TUMn5 0        5.02/0.01/0.00 bash ok.sh`
_LISTED = re.compile(r"(?P<job>\d+) +(?P<state>\w+) +(?P<output>\S+)")
# A folder's name may hold spaces, and numbers: what comes before the times is the level.
_ENDED = re.compile(r"\d+ +finished +(?P<output>\S.*?) +(?P<level>-?\d+) +\d+[.,]\d")
_SIGNAL = re.compile(r"(?m)^of (\d+): killed by signal (\d+)$")
_OVERTIME = 124
# Without a socket there is no queue, and asking would begin one.
_ASK = r"""export LC_ALL=C
test -S "${TS_SOCKET:-${TMPDIR:-/tmp}/socket-ts.$(id -u)}" || exit 0
command -v tsp >/dev/null || {
	echo >&2 "there is no tsp on the PATH: BASE/profile can set it"
	exit 1
}
within 15 tsp || exit
for job
do
	within 5 tsp -i "$job" 2>/dev/null | sed -n "s/^Exit status:/of $job:/p"
done
exit 0"""
_CANCEL = (
    TELL
    + """for job
do
	case $(within 5 tsp -s "$job" 2>&1) in
	running) how=-k ;;
	queued) how=-r ;;
	finished | skipped | *'cannot be stated'*)
		tell gone "$job"
		continue
		;;
	*)
		tell failed "$job" "task-spooler doesn't answer"
		continue
		;;
	esac
	said=$(within 5 tsp "$how" "$job" 2>&1)
	came "$job" "$?" "$said"
done
exit "$trouble"
"""
)


class Tsp:
    """Task-spooler; without hold and release, which it doesn't have."""

    name = "tsp"
    ids = r"\d+"
    ask = _ASK
    cancel = _CANCEL
    hold = release = ""

    def read(self, answer: Answer, ids: Collection[str]) -> dict[str, JobState]:
        if answer.status == _OVERTIME:
            raise ValueError("task-spooler gave no answer in time")
        text = answer.text
        if answer.status or (text and not _HEAD.match(text)):
            raise ValueError(answer.complaint or one_line(text.strip()))
        signals = dict(_SIGNAL.findall(text))
        lines = [match for match in map(_LISTED.match, text.splitlines()) if match]
        states = {line["job"]: _state(line, signals.get(line["job"], "")) for line in lines}
        waiting = [job for job, state in states.items() if state.state is State.QUEUED]
        for place, job in enumerate(waiting, 1):
            states[job] = JobState(State.QUEUED, f"place {place} in task-spooler's queue")
        return {job: state for job, state in states.items() if job in ids}


def _state(line: re.Match[str], signal: str) -> JobState:
    files = {"stdout": line["output"]} if line["output"].startswith("/") else {}
    match line["state"]:
        case "queued":
            return JobState(State.QUEUED)
        case "running":
            return JobState(State.RUNNING, files=files)
        case "finished":
            return _ended(line.string, signal)
        case "skipped":
            why = "skipped: the job that it depends on failed"
            return JobState(State.CANCELLED, why, never=True)
        case word:
            return JobState(State.UNKNOWN, f"task-spooler says {one_line(word)}")


def _ended(line: str, signal: str) -> JobState:
    match = _ENDED.match(line)
    if not match:
        return JobState(State.UNKNOWN, "task-spooler says that it has ended, and not how")
    output, level = match.groups()
    files = {"stdout": output} if output.startswith("/") else {}
    if not level.isdigit():
        killed = f"killed by signal {signal}" if signal else "killed by a signal"
        return JobState(State.FAILED, killed, files=files)
    if level == "0":
        return JobState(State.SUCCEEDED, exit=0, files=files)
    return JobState(State.FAILED, f"exit status {level}", exit=int(level), files=files)
