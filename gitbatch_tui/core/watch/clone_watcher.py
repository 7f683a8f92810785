"""Keeps up with a clone: that it has changed, and how far its branches are from those elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from gitbatch_tui.core.base.watch_files import stamp

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import Path

    from gitbatch_tui.core.base.journal import Journal


INTERVAL = 1.0
"""Seconds between two looks; a look costs a few microseconds."""
_TELLING = (
    *("HEAD", "FETCH_HEAD", "logs/HEAD", "config", "packed-refs", "refs/heads", "refs/remotes"),
)
CommitPair = tuple[str, str]
"""Ours, theirs: full ids."""


def watch_clone(folders: Sequence[Path], ended: threading.Event, tell: Callable[[], None]) -> None:
    """Call `tell` after every commit, checkout, fetch or change of a setting, until `ended`."""
    files = [folder / name for folder in folders for name in _TELLING]
    before = [stamp(file) for file in files]
    while not ended.wait(INTERVAL):
        now = [stamp(file) for file in files]
        if now != before:
            tell()
        before = now


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
    # GitPython takes its time to import, and the first picture doesn't need it.
    from gitbatch_tui.core.git.opening import open_clone  # noqa: PLC0415

    with open_clone(path, journal) as clone:
        for ours, theirs in pairs:
            if (ours, theirs) in known:
                continue
            words = ("rev-list", "--left-right", "--count", f"{ours}...{theirs}", "--")
            if counted := clone.try_git(*words):
                known[ours, theirs] = Divergence(*map(int, counted.split()))
