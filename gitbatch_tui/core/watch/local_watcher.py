"""Watches a batch remote on this machine: by notifications of its files, and by asking sometimes.

A job that was killed writes nothing, and some file systems notify of nothing: hence the asking.
Run trees are never watched, and a log that grows is no reason to ask.
"""

from __future__ import annotations

import threading
import time
from pathlib import Path, PurePath
from typing import TYPE_CHECKING

from gitbatch_tui.core.base.watch_files import INTERVAL, notices

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gitbatch_tui.core.server.client import Server
    from gitbatch_tui.models import Report

BUSY = 3.0
"""Seconds between questions while there are runs that aren't settled."""
IDLE = 10.0
"""Seconds between questions while there are none."""
SETTLING = 0.5
"""Seconds for which an end is kept back until its results are there, too."""
_TELLING = {"request", "scheduled", "started", "finished", "delivered", "settled", "jobs"}


class LocalWatcher:
    """Iterating gives reports, as those of `Server.watch` do: now, and when something changes."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._base = Path(server.base).expanduser()
        self._closed = threading.Event()

    def __iter__(self) -> Iterator[Report]:
        while not self._closed.is_set():
            yield self._report()
            yield from self._until_runs_come_or_go()
            self._closed.wait(INTERVAL)

    def close(self) -> None:
        """Stop watching, from any thread; iterating then ends."""
        self._closed.set()

    def _report(self) -> Report:
        """The report of now; a run that is about to be settled is given a moment for that."""
        report = self._server.status()
        deadline = time.monotonic() + SETTLING
        while time.monotonic() < deadline and any(live.ended == "yes" for live in report.runs):
            self._closed.wait(INTERVAL)
            report = self._server.status()
        return report

    def _until_runs_come_or_go(self) -> Iterator[Report]:
        folders = self._folders()
        # What changed before the watch began is found by asking once more.
        due = 0.0
        for paths in notices(folders, self._closed):
            if time.monotonic() >= due or any(map(_tells, paths)):
                yield self._report()
                due = time.monotonic() + (BUSY if folders[1:] else IDLE)
                if self._folders() != folders:
                    return

    def _folders(self) -> list[Path]:
        """The folders where unsettled runs are listed, and those in which each is written."""
        active = self._base / "active"
        numbers = [file.name for file in active.iterdir()] if active.is_dir() else []
        runs = (self._base / "runs" / name for name in sorted(numbers) if name.isdigit())
        return [active, *(run for run in runs if run.is_dir())]


def _tells(path: str) -> bool:
    name = PurePath(path).name
    return name.isdigit() or name.partition(".")[0] in _TELLING
