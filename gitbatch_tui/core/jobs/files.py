"""Notes the schedulers' own files of jobs in BASE, while the schedulers still know of them."""

from __future__ import annotations

from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from gitbatch_tui.core.machines.host import Host
    from gitbatch_tui.core.remote.server import Server
    from gitbatch_tui.core.schedulers.adapter import JobState
    from gitbatch_tui.models import Job

MOST = 64
"""Files of one run that become pages of its log; who has more knows where they are."""

_noted: WeakKeyDictionary[Host, set[tuple[str, int, str, str]]] = WeakKeyDictionary()


def note_files(server: Server, run: int, states: Mapping[Job, JobState | None]) -> None:
    """Note each file once: `stdout`, or `stdout.11_3` where there are several jobs or tasks."""
    pages = dict(list(_pages(states))[:MOST])
    noted = _noted.setdefault(server.host, set())
    new = {(server.place, run, name, path) for name, path in pages.items()} - noted
    if new:
        server.note_pages(run, {name: path for _, _, name, path in sorted(new)})
        noted |= new


def _pages(states: Mapping[Job, JobState | None]) -> Iterator[tuple[str, str]]:
    tasks: dict[str, JobState] = {}
    for job, state in states.items():
        if state:
            tasks |= state.tasks or {job.id: state}
    for task, state in tasks.items():
        for name, path in state.files.items():
            yield (name if len(tasks) == 1 else f"{name}.{task}"), path
