"""Waits until a run's results are delivered; until then nothing can be said about them."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from gitbatch_tui.core.runs.find import find
from gitbatch_tui.errors import Refused, Stopped
from gitbatch_tui.models import Results

if TYPE_CHECKING:
    from collections.abc import Callable

    from gitbatch_tui.core.batch.batch import Batch
    from gitbatch_tui.core.runs.find import FoundRun
    from gitbatch_tui.models import Run

_FIRST, _LONGEST = 0.2, 2.0
"""Seconds between two looks."""


def find_home(batch: Batch, number: int, tell: Callable[[str], None] = lambda _: None) -> FoundRun:
    """The run, once its results are no longer on their way, however long that takes.

    `tell` hears that they are. Raises `Refused` where they were when the server could be asked
    last, and `Stopped`; else what `find` raises.
    """
    name = f"{batch.remote.name}#{number}"
    found = find(batch.clone, batch.hosts, name)
    if found.run.results is not Results.ON_THEIR_WAY:
        return found
    if found.trouble:
        raise Refused(f"{on_their_way(found.run)} {found.trouble}") from found.trouble
    tell(on_their_way(found.run))
    _await(batch, number)
    return find_home(batch, number)


def on_their_way(run: Run) -> str:
    """A sentence: nothing can be said about the results yet."""
    why = f" ({run.reason})" if run.reason else ""
    return f"{run.name} {run.state.phrase}{why}, and its results are still being brought home."


def _await(batch: Batch, number: int) -> None:
    pause, stopped = _FIRST, _Event()
    with batch.stop.ends(stopped):
        while not all(live.is_home for live in batch.server.status(number).runs):
            if stopped.wait(pause):
                raise Stopped("Nobody waits any more; the results are brought home all the same.")
            pause = min(2 * pause, _LONGEST)


class _Event(threading.Event):
    """Something that a person's wish to stop can end."""

    def terminate(self) -> None:
        self.set()
