"""Lets one thread at a time open a connection, and the others share its luck."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from gitbatch_tui.errors import TimedOut, Unreachable

if TYPE_CHECKING:
    from collections.abc import Callable


class Door:
    """The way to a host that several threads want to use."""

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
