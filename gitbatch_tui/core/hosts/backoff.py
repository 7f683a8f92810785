"""Waits before it tries again, longer each time, and gives up where only a person can help."""

from __future__ import annotations

import math
import time
from typing import TYPE_CHECKING

from gitbatch_tui.errors import HostKeyChanged, HostKeyUnknown, LoginNeeded, Unreachable

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable

FIRST, LONGEST = 0.5, 30.0
"""Seconds before a connection that was lost is tried again."""
NEEDS_A_PERSON = (HostKeyChanged, HostKeyUnknown, LoginNeeded)
"""Errors that trying again doesn't mend."""


class Pauses:
    """A length of time between tries, in seconds, that grows while they fail."""

    def __init__(self, first: float, longest: float) -> None:
        self._first, self._longest = first, longest
        self.seconds = first

    def grow(self) -> None:
        """Pause twice as long the next time, up to the longest."""
        self.seconds = min(2 * self.seconds, self._longest)

    def reset(self) -> None:
        """Pause as long as the first time."""
        self.seconds = self._first


class Backoff:
    """The pauses between the tries of one conversation with a host."""

    def __init__(self, host: str, stopped: threading.Event) -> None:
        self._host = host
        self._stopped = stopped
        self._pauses = Pauses(FIRST, LONGEST)
        self._reached: float | None = None

    def reached(self) -> None:
        """Note that there is a connection; whether it is good for anything isn't known yet."""
        self._reached = time.monotonic()

    def worked(self) -> None:
        """Note that something came over it, so that the next loss is a new one."""
        self._reached = time.monotonic()
        self._pauses.reset()

    def wait(self, error: Unreachable, say: Callable[[str], None]) -> None:
        """Pause before the next try; or raise the error, where no try so far was of any use."""
        if self._reached is None or isinstance(error, NEEDS_A_PERSON):
            raise error
        # What was lost has lasted from then on; a try that fails has lasted no time.
        lasted, self._reached = time.monotonic() - self._reached, math.inf
        if lasted > LONGEST:
            self._pauses.reset()
        say(f"The connection to {self._host} was lost; reconnecting.")
        self._stopped.wait(self._pauses.seconds)
        self._pauses.grow()
