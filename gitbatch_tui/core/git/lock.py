"""Lets one screen or command at a time change a clone's refs and work tree."""

from __future__ import annotations

import json
import os
import time
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from gitbatch_tui.core.base.identity import Identity
from gitbatch_tui.core.base.text import one_line
from gitbatch_tui.core.git.folders import LOCK
from gitbatch_tui.core.git.rollback import tidy
from gitbatch_tui.errors import Refused

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from gitbatch_tui.core.git.repo import Clone

PATIENCE = 20.0
"""Seconds for which another one is waited for."""

_PAUSE = 0.05
_UNTOLD = 10.0
"""Seconds after which a lock that names nobody was left by one that was killed."""


@contextmanager
def locked(clone: Clone, doing: str, patience: float = PATIENCE) -> Iterator[None]:
    """Hold the clone's lock while `doing` something such as "pulling batch#1"; not reentrant.

    What a killed one left half done is taken back first. Raises `Refused`, and names who is at
    work, where that takes more than `patience` seconds.
    """
    lock = clone.common_dir / LOCK
    since = _take(lock, doing, time.monotonic() + patience)
    try:
        tidy(clone, since)
        yield
    finally:
        lock.unlink(missing_ok=True)


def _take(lock: Path, doing: str, deadline: float) -> int | None:
    """Take the lock; returns when a killed program had taken it, in nanoseconds, or None."""
    since = None
    while not _create(lock, doing):
        said = _read(lock)
        if said is not None and _is_left_over(lock, said):
            since = _remove(lock, said)
        elif time.monotonic() >= deadline:
            raise _busy(lock, said or "")
        else:
            time.sleep(_PAUSE)
    return since


def _create(lock: Path, doing: str) -> bool:
    text = json.dumps({"doing": doing, **Identity.of(os.getpid()).facts})
    try:
        handle = os.open(lock, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o666)
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                file.write(text)
        except OSError:
            lock.unlink(missing_ok=True)
            raise
    except FileExistsError:
        return False
    except OSError as error:
        raise Refused(
            f"{one_line(str(lock))} can't be written ({error.strerror}), so nothing was changed."
        ) from error
    return True


def _read(lock: Path) -> str | None:
    try:
        return lock.read_text("utf-8", "replace")
    except OSError:
        return None


def _holder(said: str) -> tuple[Identity | None, str]:
    try:
        facts = json.loads(said)
        doing = one_line(str(facts.pop("doing")))
    except (ValueError, AttributeError, KeyError):
        return None, "at work"
    return Identity.parse(facts), doing


def _is_left_over(lock: Path, said: str) -> bool:
    holder, _ = _holder(said)
    if holder:
        return holder.is_gone()
    with suppress(OSError):
        return time.time() - lock.stat().st_mtime > _UNTOLD
    return False


def _remove(lock: Path, said: str) -> int | None:
    """Remove a lock that was left over, and no other: somebody may have been faster."""
    since = None
    aside = lock.with_name(f"{lock.name}-{os.urandom(8).hex()}")
    with suppress(FileNotFoundError):
        lock.rename(aside)
        since = aside.stat().st_mtime_ns
        if _read(aside) != said:
            aside.rename(lock)
        aside.unlink(missing_ok=True)
    return since


def _busy(lock: Path, said: str) -> Refused:
    holder, doing = _holder(said)
    who = f"process {holder.pid} on {one_line(holder.host)}" if holder else "just beginning"
    return Refused(
        f"Another gitbatch-tui is {doing} in this clone ({who}), so nothing was changed: try again "
        f"when it is done. If there is none any more, remove {one_line(str(lock))}."
    )
