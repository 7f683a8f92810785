"""Reads the files that a run's records in git carry: environment, large results, tasks."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from gitbatch_tui.core.base.format import numeric
from gitbatch_tui.core.base.text import one_line
from gitbatch_tui.core.git.blobs import blobs_at, contents_of
from gitbatch_tui.core.runs.records import log_ref, tip
from gitbatch_tui.core.server.environment import parse
from gitbatch_tui.core.server.file_answers import parse_large
from gitbatch_tui.core.server.protocol import fields_of, number_of, state_of, time_of
from gitbatch_tui.models import Job, State, Task

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from gitbatch_tui.core.git.repo import Clone
    from gitbatch_tui.core.server.environment import Environment
    from gitbatch_tui.core.server.file_answers import LargeFile
    from gitbatch_tui.models import Run, RunKey


_OF_RUN = re.compile(r"run ([1-9][0-9]{0,17})\b")
_FIRST = (State.FAILED, State.LOST, State.CANCELLED, State.UNKNOWN)
"""What people want to see before all else."""


def file_of(clone: Clone, run: Run, name: str) -> str | None:
    """The text of a file of a run's records, the newest that has one; needs no network."""
    return _files_of(clone, run, name).get(name)


def _files_of(clone: Clone, run: Run, *names: str) -> dict[str, str]:
    """The texts of those files that there are, which git is asked for all at once."""
    pattern = f"--grep=^Run: {run.number}$"
    records = clone.try_git("log", "--format=%H", pattern, log_ref(run.remote), "--") or ""
    places = [(record, name) for record in records.split() for name in names]
    newest: dict[str, str] = {}
    for (_, name), blob in zip(places, blobs_at(clone, places), strict=True):
        if blob:
            newest.setdefault(name, blob)
    texts = contents_of(clone, newest.values())
    return {name: _text(texts[blob]) for name, blob in newest.items()}


def _text(content: bytes) -> str:
    return content.decode("utf-8", "surrogateescape").removesuffix("\n")


def environment_of(clone: Clone, run: Run) -> Environment | None:
    """The environment of a run by its newest record that has one; needs no network."""
    text = file_of(clone, run, "environment")
    return None if text is None else parse(text)


def environment_and_tasks_of(clone: Clone, run: Run) -> tuple[Environment | None, tuple[Task, ...]]:
    """Both what `environment_of` and `tasks_of` give; git is asked once for the two."""
    files = _files_of(clone, run, "environment", "tasks")
    environment = parse(files["environment"]) if "environment" in files else None
    return environment, tasks_in_order(run.tasks or parse_tasks(files.get("tasks", "")))


def environments_of(clone: Clone, runs: Sequence[Run]) -> list[Environment | None]:
    """The environments of many runs, which git is asked for all at once."""
    wanted = {run.key for run in runs}
    remotes = [remote for remote in {run.remote for run in runs} if tip(clone, remote)]
    records = [each for remote in remotes for each in _records(clone, remote) if each[0] in wanted]
    blobs = blobs_at(clone, [(record, "environment") for _, record in records])
    newest: dict[RunKey, str] = {}
    for (run, _), blob in zip(records, blobs, strict=True):
        if blob:
            newest.setdefault(run, blob)
    texts = contents_of(clone, newest.values())
    found = {run: parse(texts[blob].decode("utf-8", "replace")) for run, blob in newest.items()}
    return [found.get(run.key) for run in runs]


def _records(clone: Clone, remote: str) -> Iterator[tuple[RunKey, str]]:
    """Yield the records of runs of a remote, by their commits, the newest first."""
    for line in clone.git("log", "--format=%H %s", log_ref(remote), "--").split("\n"):
        record, _, subject = line.partition(" ")
        if match := _OF_RUN.match(subject):
            yield (remote, int(match[1])), record


def large_files_of(clone: Clone, run: Run) -> tuple[LargeFile, ...]:
    """The large results of a run, as its record has them; needs no network."""
    return tuple(parse_large(file_of(clone, run, "large") or ""))


def tasks_of(clone: Clone, run: Run) -> tuple[Task, ...]:
    """The tasks its scheduler was asked for just now, or those of its record; needs no network."""
    if run.tasks:
        return tasks_in_order(run.tasks)
    return tasks_in_order(parse_tasks(file_of(clone, run, "tasks") or ""))


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
