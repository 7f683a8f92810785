"""Reads the attributes that PBS's qstat prints of jobs, and says what they mean."""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from gitbatch_tui.core.base.text import one_line
from gitbatch_tui.core.schedulers.accounting import seconds_of
from gitbatch_tui.core.schedulers.adapter import NEVER_RAN, JobState
from gitbatch_tui.models import State

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_ATTRIBUTE = re.compile(r"    ([\w.]+) = (.*)")
_WORKDIR = re.compile(r"(?:^|,)PBS_O_WORKDIR=((?:[^,\\]|\\.)*)")
_DELETED = "91"
_UNBORN = "deleted before it began"
_ELSEWHERE = "it was moved to another PBS server"
ENDED = frozenset("FCX")
_WAITS = frozenset("QHW")
_RUNS = {
    "B": "",
    "E": "is ending",
    "R": "",
    "S": "suspended",
    "T": "moves to another server",
    "U": "suspended: its machine is in use",
}
_LIMITS = {
    -25: "ended by its checkpoint",
    -26: "reached its limit of virtual memory",
    -27: "needed more memory than it asked for",
    -28: "reached its limit of processor time",
    -29: "reached its time limit",
}
_NOT_BEGUN = {
    -1: "could not be started",
    -2: "could not be started",
    -3: "could not be started, and was to be tried again",
    -10: "its user may not run jobs there",
}
# Torque's own; its state C is PBS's F.
_OF_TORQUE = {
    -4: "was stopped since its server began anew",
    -8: "could not be started",
    -9: "could not write the files for its output",
    -10: "needed more memory than it asked for",
    -11: "reached its time limit",
    -12: "reached its limit of processor time",
}
_SIGNAL = 256
_LONGEST = 10**9
"""Seconds; a limit above that is none."""
_HELD_BY = {"u": "held by you", "o": "held by an operator", "s": "held by the administrators"}
_LEFT = JobState(
    State.RUNNING, "it has ended, or was deleted: PBS keeps no history here, and doesn't say how"
)
_NEVER = "Can Never Run: "
_NOT_NOW = "Not Running: "


def records(text: str) -> Iterator[tuple[str, dict[str, str]]]:
    """The jobs of what `qstat -f` printed, and the attributes of each; `id` is among them."""
    # A wrapper of the site may end lines as other systems do.
    for block in re.split(r"(?m)^(?=Job Id: )", text.replace("\r\n", "\n")):
        head, *lines = block.split("\n")
        if head.startswith("Job Id: "):
            job = head.removeprefix("Job Id: ").strip()
            found = [match for match in map(_ATTRIBUTE.fullmatch, lines) if match]
            # The first word of each kind counts: what a job can make up comes later.
            yield job, {match[1]: match[2] for match in reversed(found)} | {"id": job}


def describe(
    job: Mapping[str, str], parent: Mapping[str, str] | None = None, *, kept: bool = True
) -> JobState:
    """The state of a job, or of an element of the array `parent`; `kept`: PBS keeps a history."""
    # An element that never ran has the attributes of the array, even an exit status. Torque's
    # elements are jobs from the beginning.
    own = "array_index" in job or "job_array_id" in job
    ran = own or not re.search(r"\[\d+\]", job["id"])
    # Without a history, one that ran and has ended looks the same.
    lost = not ran and not kept and job.get("job_state") == "X"
    state = _LEFT if lost else _state(job, parent, ran=ran)
    count = job.get("run_count", "")
    began = ran and state.state is not State.QUEUED
    return replace(
        state,
        submitted=_time(job, "ctime"),
        started=_time(job, "stime", "start_time") if began else None,
        ended=_time(job, "obittime", "comp_time", "mtime") if state.state.final else None,
        estimate=_time(job, "estimated.start_time") if _has_estimate(job, state) else None,
        host=_hosts(job) if began else "",
        name=one_line(job.get("Job_Name", "")),
        directory=_directory(job),
        deadline=_deadline(job) if state.state is State.RUNNING else None,
        attempt=int(count) if re.fullmatch(r"[0-9]{1,9}", count) else None,
        files=_files(job),
    )


def _has_estimate(job: Mapping[str, str], state: JobState) -> bool:
    """True for a job that waits, unless somebody said when it is to begin."""
    return state.state is State.QUEUED and not (
        job.get("job_state") == "W" and _time(job, "Execution_Time")
    )


def _deadline(job: Mapping[str, str]) -> datetime | None:
    begun, limit = (
        _time(job, "stime", "start_time"),
        seconds_of(job.get("Resource_List.walltime", "")),
    )
    return begun + timedelta(seconds=limit) if begun and limit and limit < _LONGEST else None


def _state(job: Mapping[str, str], parent: Mapping[str, str] | None, *, ran: bool) -> JobState:
    letter = job.get("job_state", "")
    if letter in ENDED:
        end = _end_of_array if job.get("array") == "True" else _end
        return end(job) if ran else JobState(State.CANCELLED, _UNBORN)
    if letter in _WAITS:
        # The elements of an array that is held are said to be queued.
        held = parent is not None and parent.get("job_state") == "H"
        return _waiting((parent if held else job) or {}, ran=ran)
    if letter in _RUNS:
        return JobState(State.RUNNING, _RUNS[letter])
    why = _ELSEWHERE if letter == "M" else f"PBS says {one_line(letter) or 'nothing'}"
    return JobState(State.UNKNOWN, why)


def _waiting(job: Mapping[str, str], *, ran: bool) -> JobState:
    comment = one_line(job.get("comment", ""))
    held = job.get("Hold_Types", "n")
    if job.get("job_state") == "H" and "depend" in job and "u" not in held:
        # `afterok:84.node1@node1:85[].node1@node1,beforeok:86.node1@node1`
        after = ":".join(re.findall(r"after\w*:([^,]+)", job["depend"]))
        before = dict.fromkeys(each.partition(".")[0] for each in after.split(":") if each)
        return JobState(State.QUEUED, f"waits for job {one_line(', '.join(before))}")
    if job.get("job_state") == "H":
        why = next((words for letter, words in _HELD_BY.items() if letter in held), "held")
        return JobState(State.QUEUED, why, held=True)
    if job.get("job_state") == "W" and (begins := _time(job, "Execution_Time")):
        return JobState(State.QUEUED, f"begins at {begins:%Y-%m-%d %H:%M} UTC")
    if comment.startswith(_NEVER):
        why = comment.removeprefix(_NEVER).removesuffix(".")
        return JobState(State.QUEUED, f"{why}: will never start", never=True)
    if comment.startswith(_NOT_NOW):
        return JobState(State.QUEUED, f"waits: {comment.removeprefix(_NOT_NOW).removesuffix('.')}")
    return JobState(State.QUEUED, comment if ran else "waits for its turn")


def _end(job: Mapping[str, str]) -> JobState:
    status = job.get("Exit_status", job.get("exit_status", ""))
    by = re.search(r" terminated by (\S+)$", job.get("comment", ""))
    if not re.fullmatch(r"-?[0-9]{1,6}", status):
        return _never_ran(job)
    number = int(status)
    if job.get("substate") == _DELETED:
        who = f"deleted by {one_line(by[1].partition('@')[0])}" if by else "deleted"
        return JobState(State.CANCELLED, who)
    if number < 0:
        known = _NOT_BEGUN | (_OF_TORQUE if job.get("job_state") == "C" else _LIMITS)
        return JobState(State.FAILED, known.get(number, f"PBS ended it (status {number})"))
    if number > _SIGNAL:
        signal = number - _SIGNAL
        return JobState(State.FAILED, f"killed by signal {signal}", signal=signal)
    if number:
        return JobState(State.FAILED, f"exit status {number}", exit=number)
    lost = job.get("Stageout_status") == "0"
    return JobState(State.SUCCEEDED, _undelivered(job) if lost else "", exit=0)


def _end_of_array(job: Mapping[str, str]) -> JobState:
    """Its exit status is that of the element which ended last."""
    if "stime" not in job:
        return _never_ran(job)
    if job.get("substate") == "92":
        return JobState(State.SUCCEEDED, exit=0)
    if job.get("substate") == "93":
        return JobState(State.FAILED, "some of its elements failed")
    if job.get("substate") == _DELETED:
        return JobState(State.CANCELLED, "deleted")
    return JobState(State.UNKNOWN, "PBS says that it is over, and not how")


def _never_ran(job: Mapping[str, str]) -> JobState:
    if "after" in job.get("depend", "") and job.get("substate") != _DELETED:
        return JobState(State.CANCELLED, NEVER_RAN, never=True)
    if job.get("substate") == _DELETED:
        return JobState(State.CANCELLED, _UNBORN)
    return JobState(State.UNKNOWN, "PBS says that it is over, and not how: it never ran")


def _undelivered(job: Mapping[str, str]) -> str:
    where = _hosts(job)
    return f"its output could not be brought to its place, and is still on {where or 'its node'}"


def _time(job: Mapping[str, str], *names: str) -> datetime | None:
    for value in (job[name] for name in names if name in job):
        with suppress(ValueError):
            return datetime.strptime(value, "%a %b %d %H:%M:%S %Y").replace(tzinfo=UTC)
    return None


def _hosts(job: Mapping[str, str]) -> str:
    # `node1/1+node2/0*4`
    nodes = (part.partition("/")[0] for part in job.get("exec_host", "").split("+"))
    return one_line(",".join(dict.fromkeys(node for node in nodes if node)))


def _directory(job: Mapping[str, str]) -> str:
    match = _WORKDIR.search(job.get("Variable_List", ""))
    folder = re.sub(r"\\(.)", r"\1", match[1]) if match else job.get("init_work_dir", "")
    return folder if folder.startswith("/") else ""


def _files(job: Mapping[str, str]) -> dict[str, str]:
    """Where the output goes; PBS brings it there when the job ends."""
    kinds = {"stdout": ("Output_Path", "OU"), "stderr": ("Error_Path", "ER")}
    joined = {"oe": "stderr", "eo": "stdout"}.get(job.get("Join_Path", ""))
    index = re.search(r"\[(\d*)\]", job["id"])
    paths = {}
    for kind, (name, suffix) in kinds.items():
        # `node1:/home/ada/w/x.o12`
        path = job.get(name, "")
        path = path if path.startswith("/") else path.partition(":")[2]
        if path.endswith("/"):
            path = f"{path}{job['id']}.{suffix}"
        if "^array_index^" in path and not (index and index[1]):
            continue
        if index:
            path = path.replace("^array_index^", index[1])
        if path.startswith("/") and path != "/dev/null" and kind != joined:
            paths[kind] = path
    return paths
