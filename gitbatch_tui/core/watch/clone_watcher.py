"""Keeps up with a clone: that it has changed, and how far its branches are from those elsewhere."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple

from gitbatch_tui.core.base.watch_files import stamp

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from pathlib import Path

    from watchfiles import Change

    from gitbatch_tui.core.base.journal import Journal


INTERVAL = 1.0
"""Seconds between two looks; a look costs a few microseconds."""
_TELLING = ("HEAD", "FETCH_HEAD", "logs/HEAD", "config", "packed-refs")
_REFS = ("refs", "reftable")
"""Folders of any depth, in which a look would have to be at every file."""
_NO_WAIT_MS = 1
CommitPair = tuple[str, str]
"""Ours, theirs: full ids."""


def watch_clone(folders: Sequence[Path], ended: threading.Event, tell: Callable[[], None]) -> None:
    """Call `tell` after each commit, checkout, fetch, push or change of a setting, till `ended`."""
    files = [folder / name for folder in folders for name in _TELLING]
    moved = _refs_moved([folder / name for folder in folders for name in _REFS])
    before = [stamp(file) for file in files]
    next(moved)
    while not ended.wait(INTERVAL):
        now = [stamp(file) for file in files]
        # Both are asked: what was notified of is forgotten then.
        if next(moved) or now != before:
            tell()
        before = now


def _refs_moved(folders: Sequence[Path]) -> Iterator[bool]:
    """Say whether a branch has moved since the last time; never where nothing is notified of.

    Notifications are gathered in between, so that nobody has to wake up for them.
    """
    from watchfiles import watch  # noqa: PLC0415  # 40 ms, after the first picture

    with suppress(OSError, RuntimeError):
        for changes in watch(
            *(folder for folder in folders if folder.is_dir()),
            watch_filter=_is_of_a_branch,
            step=_NO_WAIT_MS,
            debounce=_NO_WAIT_MS,
            rust_timeout=_NO_WAIT_MS,
            yield_on_timeout=True,
            raise_interrupt=False,
        ):
            yield bool(changes)
    # The system has no watch left, or the folder has gone.
    while True:
        yield False


def _is_of_a_branch(_: Change, path: str) -> bool:
    """False for locks, and for records, which are followed elsewhere."""
    return not path.endswith(".lock") and "/refs/gitbatch/" not in path


class Divergence(NamedTuple):
    """Commits that only one side has."""

    ahead: int
    behind: int


def count_divergence(
    path: Path,
    pairs: Iterable[CommitPair],
    known: dict[CommitPair, Divergence],
    journal: Journal | None = None,
) -> None:
    """Count those pairs that aren't known yet; commits that aren't here can't be counted."""
    from gitbatch_tui.core.git.opening import open_clone  # noqa: PLC0415  # after the first picture

    with open_clone(path, journal) as clone:
        for ours, theirs in pairs:
            if (ours, theirs) in known:
                continue
            words = ("rev-list", "--left-right", "--count", f"{ours}...{theirs}", "--")
            if counted := clone.try_git(*words):
                known[ours, theirs] = Divergence(*map(int, counted.split()))
