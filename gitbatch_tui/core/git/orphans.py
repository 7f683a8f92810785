"""Waits for a git that outlives the program which started it, and removes the locks it left."""

from __future__ import annotations

import json
import time
from contextlib import suppress
from typing import TYPE_CHECKING

from gitbatch_tui.core.base.identity import Identity
from gitbatch_tui.core.git.folders import CHANGE
from gitbatch_tui.errors import Refused

if TYPE_CHECKING:
    from pathlib import Path

    from gitbatch_tui.core.git.repo import Clone

_GIT = f"{CHANGE}.git"
_SETTING = 1.0
"""Seconds that no git needs for a setting."""
_PATIENCE = 20.0
"""Seconds for a git that outlives the program that has started it."""


def note(clone: Clone, pid: int) -> None:
    """Note which process is at work on the change that is being made."""
    with suppress(OSError):  # on a full disk; then it is waited for less well
        (clone.git_dir / _GIT).write_text(json.dumps(Identity.of(pid).facts), "ascii")


def wait_for(clone: Clone) -> None:
    """Wait until the process that was noted has ended; raises `Refused` where it goes on."""
    try:
        git = Identity.parse(json.loads((clone.git_dir / _GIT).read_text("ascii")))
    except (OSError, ValueError):
        return
    deadline = time.monotonic() + _PATIENCE
    while git and not git.is_gone():
        if time.monotonic() > deadline:
            raise Refused(
                f"A git (process {git.pid}) that was started here is still at work: wait for its "
                "end, or stop it."
            )
        time.sleep(0.05)


def unlock(clone: Clone, since: int, *, killed: bool) -> None:
    """Remove the locks of a git that has ended; its index' it removes itself if it can."""
    branch = clone.head().branch
    locks = [clone.git_dir / "HEAD.lock", clone.git_dir / "ORIG_HEAD.lock"]
    locks += [clone.common_dir / f"refs/heads/{branch}.lock"] if branch else []
    locks += [clone.git_dir / "index.lock"] if killed else []
    for lock in locks:
        _remove(lock, since)


def unlock_settings(clone: Clone, since: int) -> None:
    """Remove what a git that was killed with its program has left; a live one needs no time."""
    for name in ("config.lock", "packed-refs.lock"):
        lock = clone.common_dir / name
        deadline = time.monotonic() + _SETTING
        while lock.exists() and time.monotonic() < deadline:
            time.sleep(_SETTING / 20)
        _remove(lock, since)


def forget(clone: Clone) -> None:
    """Remove the note of a process."""
    (clone.git_dir / _GIT).unlink(missing_ok=True)


def _remove(lock: Path, since: int) -> None:
    """Remove a lock, unless it is older than the change at which its git was."""
    with suppress(FileNotFoundError):
        if lock.stat().st_mtime_ns >= since:
            lock.unlink()
