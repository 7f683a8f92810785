"""Waits for a condition instead of sleeping for a guessed time."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")
SELDOM = 0.5
"""Seconds between two questions that take long to answer."""


def wait_until(
    condition: Callable[[], T], timeout: float = 10, what: str | Callable[[], str] = ""
) -> T:
    """Return the first true value of `condition`; fail after `timeout` seconds."""
    deadline = time.monotonic() + timeout
    while True:
        asked = time.monotonic()
        if value := condition():
            return value
        if asked > deadline:
            awaited = what() if callable(what) else what or condition
            message = f"waited {timeout} s for {awaited}"
            raise AssertionError(message)
        # What is waited for gets on faster when nobody asks all the time.
        took = time.monotonic() - asked
        time.sleep(max(0.01, took, min(10 * took, SELDOM)))


def alive(pid: int) -> bool:
    """Whether a process runs; one that has ended but isn't collected yet doesn't."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"
