"""Waits for a condition instead of sleeping for a guessed time."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")


def wait_until(condition: Callable[[], T], timeout: float = 10, what: str = "") -> T:
    """Return the first true value of `condition`; fail after `timeout` seconds."""
    deadline = time.monotonic() + timeout
    while not (value := condition()):
        if time.monotonic() > deadline:
            message = f"waited {timeout} s for {what or condition}"
            raise AssertionError(message)
        time.sleep(0.01)
    return value
