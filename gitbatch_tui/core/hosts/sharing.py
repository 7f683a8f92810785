"""Shares a host's connection among threads: opened once, with a limit on its sessions."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

from gitbatch_tui.errors import Refused, TimedOut, Unreachable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
SESSIONS = 4
"""How many may be open at once on a host."""
STREAMS = 3
"""How many of them may be streams; one is always left for commands."""


class SingleFlight:
    """Opens a connection once; concurrent callers wait for its result or error."""

    def __init__(self, host: str) -> None:
        self._host = host
        self._lock = threading.Lock()
        self._ended_attempts = 0
        self._failure: Unreachable | None = None

    def enter(
        self, is_open: Callable[[], bool], open_it: Callable[[], None], timeout: float
    ) -> None:
        """See that the connection is open; raises the `Unreachable` that says why it isn't.

        Whoever waited while another thread tried and failed gets that failure, too: ten panes
        mustn't be ten wrong passwords.
        """
        ended_attempts = self._ended_attempts
        if not self._lock.acquire(timeout=timeout):
            raise TimedOut(f"{self._host} didn't answer within {timeout:g} s: check the network.")
        try:
            if is_open():
                return
            if self._failure and self._ended_attempts != ended_attempts:
                raise type(self._failure)(str(self._failure), detail=self._failure.detail)
            self._try(open_it)
        finally:
            self._lock.release()

    def _try(self, open_it: Callable[[], None]) -> None:
        self._failure = None
        try:
            open_it()
        except Unreachable as failure:
            self._failure = failure
            raise
        finally:
            self._ended_attempts += 1


class SessionLimit:
    """Limits a host's sessions: commands wait for one, streams get one at once or not at all."""

    def __init__(self, host: str) -> None:
        self._host = host
        self._sessions = threading.BoundedSemaphore(SESSIONS)
        self._streams = threading.BoundedSemaphore(STREAMS)
        self._mine = threading.local()

    @property
    def taken(self) -> bool:
        """True if this thread has a session."""
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
        """Take a session that stays open; waits only for commands, which end by themselves."""
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
