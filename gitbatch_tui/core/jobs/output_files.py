"""Notes the schedulers' own files of jobs in BASE, while the schedulers still know of them."""

from __future__ import annotations

import re
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple
from weakref import WeakKeyDictionary

from gitbatch_tui.models import State

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from gitbatch_tui.core.hosts.host import Host
    from gitbatch_tui.core.schedulers.adapter import JobState
    from gitbatch_tui.core.server.client import Server
    from gitbatch_tui.models import Job

MOST = 64
"""Files of one run that become pages of its log; who has more knows where they are."""
AT_ONCE = 100
"""Files that are noted with one question to the server; further ones with the next."""
_KINDS = ("stdout", "stderr")
"""What people look for first."""

_noted: WeakKeyDictionary[Host, set[tuple[str, int, str, str]]] = WeakKeyDictionary()


def note_files(server: Server, runs: Mapping[int, Mapping[Job, JobState]]) -> None:
    """Note each file once: `stdout`, or `stdout.11_3` where there are several jobs or tasks."""
    noted = _noted.setdefault(server.host, set())
    pages = (
        (server.place, run, name, path)
        for run, states in runs.items()
        for name, path in islice(pages_of(states), MOST)
    )
    new = list(islice((page for page in pages if page not in noted), AT_ONCE))
    if new:
        server.files.note_pages([page[1:] for page in new])
        noted.update(new)


def pages_of(states: Mapping[Job, JobState]) -> Iterator[tuple[str, str]]:
    """Names and paths of the jobs' files: stdout first, then stderr; failed tasks before others.

    A file that all tasks of a job share is there once. Where one of several failed, plain `stdout`,
    which is what is read first, is its.
    """
    known = {job.id: state for job, state in states.items()}
    found = [file for job, state in known.items() for file in _files(job, state)]
    kinds = list(dict.fromkeys((*_KINDS, *(file.kind for file in found))))
    ordered = sorted(found, key=lambda each: (kinds.index(each.kind), each.place))
    if ordered and ordered[0].kind == _KINDS[0] and ordered[0].failed:
        yield _KINDS[0], ordered[0].path
    for file in ordered:
        only = len(known) == 1 and file.task in known
        name = file.kind if only else f"{file.kind}.{file.task}"
        # `11[3].server`, `7@big`, `5+0`
        yield re.sub(r"[^A-Za-z0-9._-]", "_", name), file.path


class _File(NamedTuple):
    kind: str
    task: str
    """Or the job, where all its tasks share the file."""
    path: str
    failed: bool

    @property
    def place(self) -> tuple[bool, list[int]]:
        """The key for sorting: failed ones come first, then lower numbers."""
        return not self.failed, [int(digits) for digits in re.findall(r"\d{1,15}", self.task)]


def _files(job: str, state: JobState) -> Iterator[_File]:
    tasks = state.tasks or {job: state}
    paths: dict[str, dict[str, str]] = {}
    for task, each in tasks.items():
        for kind, path in each.files.items():
            paths.setdefault(kind, {})[task] = path
    for kind, named in paths.items():
        if len(named) == len(tasks) and len(set(named.values())) == 1:
            yield _File(kind, job, next(iter(named.values())), state.state is State.FAILED)
            continue
        for task, path in named.items():
            yield _File(kind, task, path, tasks[task].state is State.FAILED)
