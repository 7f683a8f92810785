"""Keeps the number of sessions on one connection small: servers refuse more than a few."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

from gitbatch_tui.errors import Refused, TimedOut

if TYPE_CHECKING:
    from collections.abc import Iterator

SESSIONS = 4
"""How many may be open at once on a host."""
STREAMS = 3
"""How many of them may be streams; one is always left for commands."""


class Slots:
    """A host's sessions: commands wait for one, streams get one at once or not at all."""

    def __init__(self, host: str) -> None:
        self._host = host
        self._sessions = threading.BoundedSemaphore(SESSIONS)
        self._streams = threading.BoundedSemaphore(STREAMS)
        self._mine = threading.local()

    @property
    def taken(self) -> bool:
        """Whether this thread has a session."""
        return getattr(self._mine, "taken", False)

    @contextmanager
    def take(self, timeout: float) -> Iterator[None]:
        """Wait up to `timeout` seconds for a session; a thread that has one keeps it."""
        if self.taken:
            yield
            return
        if not self._sessions.acquire(timeout=timeout):
            raise TimedOut(f"{self._host} was busy with other commands for {timeout:g} s.")
        self._mine.taken = True
        try:
            yield
        finally:
            self._mine.taken = False
            self._sessions.release()

    @contextmanager
    def take_for_stream(self, timeout: float) -> Iterator[None]:
        """A session that stays open; waits only for commands, which end by themselves."""
        if not self._streams.acquire(blocking=False):
            raise Refused(
                f"{STREAMS} logs are being followed on {self._host} already; close one first."
            )
        try:
            if not self._sessions.acquire(timeout=timeout):
                raise TimedOut(f"{self._host} was busy with other commands for {timeout:g} s.")
            try:
                yield
            finally:
                self._sessions.release()
        finally:
            self._streams.release()
