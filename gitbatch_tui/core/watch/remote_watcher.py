"""Keeps up with a batch remote for as long as somebody looks.

On this machine its files tell; elsewhere a stream does, where there is room for one.

Whenever the server says something new, the runs are listed again; where it can't be asked, that
is said once, and it is tried again, less and less often.
"""

from __future__ import annotations

import threading
from contextlib import closing, suppress
from dataclasses import replace
from typing import TYPE_CHECKING

from gitbatch_tui.core.hosts.backoff import NEEDS_A_PERSON, Pauses
from gitbatch_tui.core.hosts.location import Location
from gitbatch_tui.core.jobs.clarify import needs_asking
from gitbatch_tui.core.runs.cache import RecordsCache
from gitbatch_tui.core.runs.listing import list_again, list_remote
from gitbatch_tui.core.server.client import server_of
from gitbatch_tui.core.watch.local_watcher import LocalWatcher
from gitbatch_tui.errors import GitBatchError, Refused

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager
    from pathlib import Path

    from gitbatch_tui.core.git.repo import Clone
    from gitbatch_tui.core.hosts.pool import Hosts
    from gitbatch_tui.core.runs.listing import Listing
    from gitbatch_tui.core.server.client import Reports
    from gitbatch_tui.models import BatchRemote, Report

FIRST_PAUSE = 2.0
LONGEST_PAUSE = 60.0
"""Seconds between attempts at a host that can't be asked before a person has done something."""
AWAY = 15.0
"""The longest that a host may be back unnoticed that just couldn't be reached."""
POLL = 10.0
"""Seconds between questions where the host has no room for another stream."""


class RemoteWatcher:
    """One remote, looked at from one thread; any other may nudge or end it."""

    def __init__(self, path: Path, hosts: Hosts, remote: BatchRemote) -> None:
        self.remote = remote
        self._path = path
        self._hosts = hosts
        self._past = RecordsCache(remote.name)
        self._woken = threading.Event()
        self._ended = threading.Event()
        self._reports: Reports | LocalWatcher | None = None

    def attend(self, tell: Callable[[Listing], None]) -> None:
        """Tell of the runs now and at every change, until it is ended."""
        pauses = Pauses(FIRST_PAUSE, LONGEST_PAUSE)
        while not self._ended.is_set():
            self._woken.clear()
            try:
                self._keep_up(tell)
                pauses.reset()
                self._woken.wait(pauses.seconds)
            except Refused:
                self._tell(tell)
                self._woken.wait(POLL)
            except GitBatchError as error:
                if self._tell(tell):
                    pauses.reset()
                else:
                    pauses.grow()
                # A host may count failed logins, and shut out who has too many.
                longest = LONGEST_PAUSE if isinstance(error, NEEDS_A_PERSON) else AWAY
                self._woken.wait(min(pauses.seconds, longest))

    def nudge(self) -> None:
        """Ask again now."""
        self._woken.set()
        self._let_go()

    def end(self) -> None:
        """Stop looking, from any thread, without waiting."""
        self._ended.set()
        self.nudge()

    def _keep_up(self, tell: Callable[[Listing], None]) -> None:
        known: Report | None = None
        with self._watch() as self._reports:
            for report in self._reports:
                if self._woken.is_set():
                    break
                # What only a scheduler knows changes without a word from the server.
                changed = known is None or replace(report, now=known.now) != known
                if changed or any(map(needs_asking, report.runs)):
                    tell(self._listed(report))
                known = report
        self._reports = None

    def _watch(self) -> AbstractContextManager[Reports | LocalWatcher]:
        server = server_of(self._hosts, self.remote)
        if Location.parse(self.remote.location).host is None:
            return closing(LocalWatcher(server))
        return server.watch()

    def _listed(self, report: Report) -> Listing:
        with self._open() as clone:
            return list_again(clone, self._hosts, self.remote, report, self._past)

    def _tell(self, tell: Callable[[Listing], None]) -> bool:
        """Ask without a stream, and say what is known; whether there was an answer."""
        with self._open() as clone:
            listing = list_remote(clone, self._hosts, self.remote)
        if not self._ended.is_set():
            tell(listing)
        return listing.as_of is None

    def _let_go(self) -> None:
        reports = self._reports
        if reports:
            with suppress(OSError):
                reports.close()

    def _open(self) -> Clone:
        from gitbatch_tui.core.git.opening import open_clone  # noqa: PLC0415  # after the first picture

        return open_clone(self._path, self._hosts.journal)
