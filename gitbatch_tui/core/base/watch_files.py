"""Notices that files have changed, by looking at them: often after a change, seldom in the quiet.

A look costs less than to be woken for it, and NFS notifies nobody of what others write.
"""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable
    from pathlib import Path

SOON = 0.02
"""Seconds between the first two looks; then it grows."""
_GROWTH = 2


class Stamp(NamedTuple):
    """Tells versions of a file apart; of a folder, those before and after a file came or went."""

    inode: int
    size: int
    written_ns: int


def stamp(file: Path) -> Stamp | None:
    """The stamp of a file or folder; None where there is none that can be seen."""
    try:
        found = os.stat(file)  # noqa: PTH116  # many times a minute, and twice as fast
    except OSError:
        return None
    return Stamp(found.st_ino, found.st_size, found.st_mtime_ns)


def wait_for_change(
    look: Callable[[], object],
    before: object,
    closed: threading.Event,
    *,
    seconds: float = float("inf"),
    seldom: float,
) -> None:
    """Wait until `look` gives something else than `before`, for some seconds at most.

    `seldom` is how many seconds may be between two looks. Ends as soon as `closed` is set.
    """
    due = time.monotonic() + seconds
    pause = SOON
    while time.monotonic() < due and look() == before:
        if closed.wait(min(pause, seldom)):
            return
        pause *= _GROWTH
