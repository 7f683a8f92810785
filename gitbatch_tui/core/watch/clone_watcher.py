"""Notices that a clone has changed: a commit, a checkout, a fetch, another setting."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable, Sequence
    from pathlib import Path

INTERVAL = 1.0
"""Seconds between two looks; a look costs a few microseconds."""
_TELLING = (
    *("HEAD", "FETCH_HEAD", "logs/HEAD", "config", "packed-refs", "refs/heads", "refs/remotes"),
)


def watch_clone(folders: Sequence[Path], ended: threading.Event, tell: Callable[[], None]) -> None:
    """Call `tell` after every change in git's folders, until `ended`."""
    files = [folder / name for folder in folders for name in _TELLING]
    before = [_stamp(file) for file in files]
    while not ended.wait(INTERVAL):
        now = [_stamp(file) for file in files]
        if now != before:
            tell()
        before = now


def _stamp(file: Path) -> tuple[int, int]:
    try:
        found = file.stat()
    except OSError:
        return 0, 0
    return found.st_mtime_ns, found.st_ino
