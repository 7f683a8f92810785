"""The clone and the hosts that a screen works with, and the commands that were run for it."""

from __future__ import annotations

import asyncio
import threading
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cached_property
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from gitbatch_tui.core.base.journal import JournalEntry
    from gitbatch_tui.core.batch.batch import Batch
    from gitbatch_tui.core.git.repo import Clone
    from gitbatch_tui.core.hosts.pool import Hosts
    from gitbatch_tui.core.server.client import Server
    from gitbatch_tui.models import BatchRemote

    Kept = tuple[datetime, JournalEntry]

T = TypeVar("T")

REPEATED = 20
"""Among how many of the last commands one is looked for that is only repeated."""
KEPT = 500
"""Commands that are kept for `@`."""


def local_clock() -> datetime:
    """This machine's time."""
    return datetime.now(UTC)


class Session:
    """Opens the clone and reaches servers; each thread opens the clone for itself.

    What is imported here takes its time, and the first picture doesn't need it.
    """

    def __init__(self, path: Path, clock: Callable[[], datetime]) -> None:
        self.path = path
        """The clone, or where the program was started if that is none."""
        self.clock = clock
        self.journal: tuple[Kept, ...] = ()
        """Commands that were run, and when they ended; the newest last."""
        self.closed = threading.Event()
        """Set when the screen is closed, for threads that wait for something."""
        self._writing = threading.Lock()

    @cached_property
    def hosts(self) -> Hosts:
        """The machines that this screen talks to."""
        from gitbatch_tui.core.hosts.pool import Hosts  # noqa: PLC0415  # see above

        return Hosts(self.record)

    def close(self) -> None:
        """End what is under way on other machines, and set `closed` for the threads."""
        self.closed.set()
        self.hosts.close()

    @contextmanager
    def clone(self) -> Iterator[Clone]:
        """The clone, closed at the end of the context."""
        from gitbatch_tui.core.git.opening import open_clone  # noqa: PLC0415  # see above

        with open_clone(self.path, self.record) as clone:
            yield clone

    def batch(self, clone: Clone, remote: BatchRemote) -> Batch:
        """The clone, while it is open, together with a batch remote."""
        from gitbatch_tui.core.batch.batch import Batch  # noqa: PLC0415  # see above

        return Batch(clone, self.hosts, remote)

    async def with_clone(self, work: Callable[[Clone], T]) -> T:
        """Run a function in a thread, with the clone, which is open meanwhile.

        It goes on where nobody waits for it any more, as when the screen is closed.
        """

        def working() -> T:
            with self.clone() as clone:
                return work(clone)

        return await asyncio.to_thread(working)

    async def with_batch(self, remote: BatchRemote, work: Callable[[Batch], T]) -> T:
        """Run a function in a thread, with the clone and a batch remote."""
        return await self.with_clone(lambda clone: work(self.batch(clone, remote)))

    def server(self, remote: BatchRemote) -> Server:
        """The other side of a batch remote; nothing is asked yet."""
        from gitbatch_tui.core.server.client import server_of  # noqa: PLC0415  # see above

        return server_of(self.hosts, remote)

    def record(self, entry: JournalEntry) -> None:
        """Keep a command for `@`; from any thread.

        Of a question that is asked again and again only the last answer is kept.
        """
        asked = entry.host, entry.command, entry.status
        with self._writing:
            before, last = self.journal[:-REPEATED], self.journal[-REPEATED:]
            others = [
                (when, old) for when, old in last if (old.host, old.command, old.status) != asked
            ]
            self.journal = _without_the_oldest((*before, *others, (self.clock(), entry)))


def _without_the_oldest(journal: tuple[Kept, ...]) -> tuple[Kept, ...]:
    """Drop the oldest entry beyond `KEPT`: one that only asked goes before what was done."""
    if len(journal) <= KEPT:
        return journal
    from gitbatch_tui.ui.changes import is_change  # noqa: PLC0415  # see above

    asked = (at for at, (_, entry) in enumerate(journal) if not is_change(entry))
    oldest = next(asked, 0)
    return (*journal[:oldest], *journal[oldest + 1 :])
