"""The jobs and tasks of a run, as they stay known after its end.

The last record of a run with several has a file `tasks`: a line each, fields `key=value` with tabs
between.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gitbatch_tui.core.base.format import numeric
from gitbatch_tui.core.base.text import one_line
from gitbatch_tui.core.runs.record_files import file_of
from gitbatch_tui.core.server.protocol import fields_of, number_of, state_of, time_of
from gitbatch_tui.models import Job, State, Task

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from gitbatch_tui.core.git.repo import Clone
    from gitbatch_tui.models import Run

_FILE = "tasks"
_FIRST = (State.FAILED, State.LOST, State.CANCELLED, State.UNKNOWN)
"""What people want to see before all else."""


def tasks_of(clone: Clone, run: Run) -> tuple[Task, ...]:
    """The tasks its scheduler was asked for just now, or those of its record; needs no network."""
    if run.tasks:
        return tasks_in_order(run.tasks)
    return tasks_in_order(parse_tasks(file_of(clone, run, _FILE) or ""))


def parse_tasks(text: str) -> tuple[Task, ...]:
    """Read such a file; lines without a job are left out."""
    found = (_task(fields_of(line)) for line in text.split("\n") if line)
    return tuple(task for task in found if task)


def tasks_in_order(tasks: Iterable[Task]) -> tuple[Task, ...]:
    """Sort tasks by number, those that failed before all others."""
    return tuple(sorted(tasks, key=lambda task: (task.state not in _FIRST, _number(task))))


def failed_tasks(tasks: Sequence[Task]) -> tuple[Task, ...]:
    """The tasks that didn't succeed."""
    return tuple(task for task in tasks if task.state in _FIRST)


def _number(task: Task) -> object:
    return task.job.scheduler, numeric(task.job.id)


def _task(fields: dict[str, str]) -> Task | None:
    job = Job.parse(one_line(fields.get("job", "")))
    if not job:
        return None
    state, reason = state_of(fields.get("state", ""), one_line(fields.get("reason", "")))
    return Task(
        job,
        state,
        reason,
        number_of(fields.get("exit", "")),
        one_line(fields.get("signal", "")),
        time_of(fields.get("start", "")),
        time_of(fields.get("end", "")),
        one_line(fields.get("host", "")),
        fields.get("log", ""),
        one_line(fields.get("name", "")),
    )
