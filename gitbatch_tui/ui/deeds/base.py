"""What every deed can use: the clone's place, the hosts, the clock, and one place for trouble."""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from functools import cached_property
from typing import TYPE_CHECKING

from textual import on
from textual.app import App
from textual.content import Content
from textual.worker import Worker, WorkerState

from gitbatch_tui.core.base.text import clean
from gitbatch_tui.errors import GitBatchError
from gitbatch_tui.ui.board import Board

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from textual.notifications import SeverityLevel

    from gitbatch_tui.core.base.journal import JournalEntry
    from gitbatch_tui.core.hosts.pool import Hosts

THREADS = 64
"""Workers that may run at once; most of them wait for a server."""
REPEATED = 20
"""Among how many of the last commands one is looked for that is only repeated."""
JOURNAL = 500
"""Commands that are kept for `@`."""


def local_clock() -> datetime:
    """This machine's clock."""
    return datetime.now(UTC)


class Deeds(App[None]):
    """The part of the app that all deeds share."""

    def __init__(self, path: Path, clock: Callable[[], datetime] = local_clock) -> None:
        super().__init__()
        self.path = path
        """The clone, or where the program was started if that is none."""
        self.clock = clock
        self.journal: tuple[tuple[datetime, JournalEntry], ...] = ()
        """Commands that were run, and when they ended; the newest last."""
        self._writing = threading.Lock()
        self._loop_here: asyncio.AbstractEventLoop | None = None
        self.board = Board()

    @cached_property
    def hosts(self) -> Hosts:
        """The machines that this screen talks to."""
        from gitbatch_tui.core.hosts.pool import Hosts  # noqa: PLC0415  # after the first picture

        return Hosts(self.journaled)

    def on_load(self) -> None:
        self._loop_here = asyncio.get_running_loop()
        self._loop_here.set_default_executor(ThreadPoolExecutor(THREADS))

    def leave(self, status: int) -> None:
        """Leave as `q` does, so that the terminal is as it was; from any thread.

        Raises RuntimeError where the screen isn't shown any more.
        """
        if self._loop_here:
            self._loop_here.call_soon_threadsafe(lambda: self.exit(return_code=status))

    def journaled(self, entry: JournalEntry) -> None:
        """Keep a command for `@`; from any thread.

        Of a question that is asked again and again only the last answer is kept.
        """
        asked = entry.host, entry.command, entry.status
        with self._writing:
            before, last = self.journal[:-REPEATED], self.journal[-REPEATED:]
            others = [
                (when, old) for when, old in last if (old.host, old.command, old.status) != asked
            ]
            self.journal = (*before, *others, (self.clock(), entry))[-JOURNAL:]

    def tell(self, text: str, title: str = "", severity: SeverityLevel = "information") -> None:
        """A toast; the text may come from outside."""
        self.notify(clean(text), title=clean(title), severity=severity, markup=False)

    def show_trouble(self, error: GitBatchError) -> None:
        """The one place where errors that a person can do something about are shown."""
        if not error.detail:
            self.tell(str(error), severity="error")
            return
        from gitbatch_tui.ui.dialogs.trouble import Trouble  # noqa: PLC0415  # seldom needed

        self.push_screen(Trouble(error))

    @on(Worker.StateChanged)
    def _a_worker_failed(self, event: Worker.StateChanged) -> None:
        if event.state is not WorkerState.ERROR:
            return
        error = event.worker.error
        if isinstance(error, GitBatchError):
            self.show_trouble(error)
        elif error:
            raise error

    @staticmethod
    def verbatim(text: str) -> Content:
        """Text from outside for a place that would read markup in it."""
        return Content(clean(text))
