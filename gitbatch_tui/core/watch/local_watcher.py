"""Watches a batch remote on this machine: by looking at its files, and by asking sometimes.

A job that was killed writes nothing: hence the asking. Runs themselves are never looked at, since
what happens to one is announced in a file of them all; a log that grows is no reason to ask.
"""

from __future__ import annotations

import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

from gitbatch_tui.core.base.watch_files import Stamp, stamp, wait_for_change
from gitbatch_tui.core.jobs.clarify import needs_asking

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gitbatch_tui.core.server.client import Server
    from gitbatch_tui.models import Report

ASKED = 5.0
"""Seconds between questions while there are runs that a scheduler may know more of."""
BUSY = 10.0
"""Seconds between questions while there are only runs that announce themselves what they do."""
IDLE = 60.0
"""Seconds between questions while there are none, and so nothing can happen unannounced."""
SELDOM, QUIET = 0.25, 1.0
"""Seconds between two looks at the files, while there are such runs and while there are none."""
SETTLING = 0.5
"""Seconds for which an end is kept back until its results are there, too."""
_ANNOUNCING = ("runs/.changed", "active", "repo.git/refs/gitbatch/log")
"""What is announced of runs, those that aren't settled, and the newest record."""


class LocalWatcher:
    """Iterating gives reports, as those of `Server.watch` do: now, and when something changes."""

    def __init__(self, server: Server) -> None:
        self._server = server
        base = Path(server.base).expanduser()
        self._announcing = [base / name for name in _ANNOUNCING]
        self._closed = threading.Event()

    def __iter__(self) -> Iterator[Report]:
        while not self._closed.is_set():
            # What changes while it is asked is a reason to ask again.
            before = self._announced()
            report = self._report()
            yield report
            seldom = SELDOM if report.runs else QUIET
            wait_for_change(
                self._announced, before, self._closed, seconds=_patience(report), seldom=seldom
            )

    def close(self) -> None:
        """Stop watching, from any thread; iterating then ends."""
        self._closed.set()

    def _announced(self) -> list[Stamp | None]:
        return [stamp(file) for file in self._announcing]

    def _report(self) -> Report:
        """The report of now; a run that is about to be settled is given a moment for that."""
        report = self._server.status()
        deadline = time.monotonic() + SETTLING
        while time.monotonic() < deadline and any(live.ended == "yes" for live in report.runs):
            self._closed.wait(SELDOM)
            report = self._server.status()
        return report


def _patience(report: Report) -> float:
    """Seconds until the next question, where nothing is announced."""
    if not report.runs:
        return IDLE
    return ASKED if any(map(needs_asking, report.runs)) else BUSY
