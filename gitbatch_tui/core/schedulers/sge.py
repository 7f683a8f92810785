"""Grid Engine, in all its kinds: qstat knows what waits and runs, qacct what has ended.

A job leaves qstat some seconds before it is in qacct. In between, and for good if it was deleted
before it began, only the list of the newest jobs that are gone (`qstat -s z`) has it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from gitbatch_tui.core.base.text import one_line
from gitbatch_tui.core.schedulers import sge_scripts
from gitbatch_tui.core.schedulers.adapter import JobState, whole
from gitbatch_tui.core.schedulers.grammar import find_of
from gitbatch_tui.core.schedulers.sge_qacct import records
from gitbatch_tui.core.schedulers.sge_qstat import (
    JobDetails,
    QueuedTask,
    described,
    files,
    listed,
    state_of,
    tasks_of,
    total,
)
from gitbatch_tui.models import State

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from gitbatch_tui.core.hosts.host import Answer

_MARK = "gitbatch: "
_LEFT = "it has left the queue, and nothing says how it ended"
# Accounting is some seconds late; of what was deleted before it began there never is any.
_GONE = JobState(State.UNKNOWN, _LEFT, presumed=State.CANCELLED)
_ENDING = JobState(State.RUNNING, "it has left the queue; how it ended isn't known yet")


class Sge:
    """Grid Engine."""

    name = "sge"
    ids = r"\d+(?:\.\d+)?"
    ask = sge_scripts.ASK
    find = find_of("sge")
    cancel = sge_scripts.CANCEL
    hold = sge_scripts.HOLD
    release = sge_scripts.RELEASE

    def read(self, answer: Answer, ids: Collection[str]) -> dict[str, JobState]:
        text = answer.text
        parts = dict(_parts(text))
        if answer.status or "end" not in parts:
            raise ValueError(answer.complaint or "qstat's answer was cut")
        cell = _Cell(
            listed(parts["queue"]),
            listed(parts["gone"]),
            dict(described(parts["details"])),
            total(parts["slots"]),
        )
        states = {job: _state(cell, job, parts.get(f"ended {job}")) for job in ids}
        return {job: state for job, state in states.items() if state}


@dataclass(frozen=True)
class _Cell:
    queue: Mapping[str, Mapping[str, QueuedTask]]
    """By job, then by task."""
    gone: Mapping[str, Mapping[str, QueuedTask]]
    details: Mapping[str, JobDetails]
    slots: int
    """Of all queues; 0 where that isn't known."""


def _state(cell: _Cell, job: str, ended: str | None) -> JobState | None:
    details = cell.details.get(job, JobDetails({}))
    # Whoever has a number for a name is in there, too.
    told = records(ended or "")
    tasks = {task: state for task, state in told if task.partition(".")[0] == job.partition(".")[0]}
    live = _live_tasks(cell, job, details)
    tasks |= live
    if ended and not tasks and "not found" not in ended:
        said = one_line(ended.splitlines()[-1])
        return JobState(State.UNKNOWN, f"it has left the queue, and {said}")
    missing = set(cell.gone.get(job, {})) | set(tasks_of(job, details.facts.get("job-array tasks")))
    missing -= set(tasks)
    tasks |= dict.fromkeys(missing, _ENDING if live else _GONE)
    if not tasks or job in tasks:
        return tasks.get(job)
    tasks = dict(sorted(tasks.items(), key=lambda item: int(item[0].rpartition(".")[2])))
    submitted = max((each.submitted for each in tasks.values() if each.submitted), default=None)
    presumed = _GONE.presumed if missing else None
    return replace(whole(tasks), tasks=tasks, submitted=submitted, presumed=presumed)


def _live_tasks(cell: _Cell, job: str, details: JobDetails) -> dict[str, JobState]:
    """The states of those tasks of a job that are in the queue."""
    stuck = _stuck(cell, job)
    tasks = {}
    for task, entry in cell.queue.get(job, {}).items():
        state = state_of(entry, details, cell.slots)
        if stuck and state.state is State.QUEUED and not state.never:
            why = f"waits for job {stuck}, which ended in an error: will never start"
            state = replace(state, reason=why, never=True)
        tasks[task] = replace(
            state,
            files=files(details.facts, task) if state.state is State.RUNNING else {},
            submitted=details.submitted,
            name=one_line(details.facts.get("job_name", "")),
            directory=details.directory,
        )
    return tasks


def _stuck(cell: _Cell, job: str, seen: frozenset[str] = frozenset()) -> str:
    """The job in an error state that this one waits for, maybe through others; or nothing."""
    details = cell.details.get(job)
    for before in details.predecessors if details else ():
        if any("E" in entry.letters for entry in cell.queue.get(before, {}).values()):
            return before
        if before not in seen and (found := _stuck(cell, before, seen | {job})):
            return found
    return ""


def _parts(text: str) -> Iterator[tuple[str, str]]:
    for part in f"\n{text}".split(f"\n{_MARK}")[1:]:
        title, _, content = part.partition("\n")
        yield title, content.strip("\n")
