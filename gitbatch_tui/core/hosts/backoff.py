"""Waits before it tries again, longer each time, and gives up where only a person can help."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from gitbatch_tui.errors import HostKeyChanged, HostKeyUnknown, LoginNeeded, Unreachable

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable

_FIRST = 0.5
_LONGEST = 30.0
_NEEDS_A_PERSON = (HostKeyChanged, HostKeyUnknown, LoginNeeded)


class Backoff:
    """The pauses between the tries of one conversation with a host."""

    def __init__(self, host: str, stopped: threading.Event) -> None:
        self._host = host
        self._stopped = stopped
        self._seconds = _FIRST
        self._reached: float | None = None

    def reached(self) -> None:
        """Note that there is a connection; whether it is good for anything isn't known yet."""
        self._reached = time.monotonic()

    def worked(self) -> None:
        """Note that something came over it, so that the next loss is a new one."""
        self._reached = time.monotonic()
        self._seconds = _FIRST

    def wait(self, error: Unreachable, say: Callable[[str], None]) -> None:
        """Pause before the next try; or raise the error, where no try so far was of any use."""
        if self._reached is None or isinstance(error, _NEEDS_A_PERSON):
            raise error
        if time.monotonic() - self._reached > _LONGEST:
            self._seconds = _FIRST
        say(f"The connection to {self._host} was lost; reconnecting.")
        self._stopped.wait(self._seconds)
        self._seconds = min(2 * self._seconds, _LONGEST)
