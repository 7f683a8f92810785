"""Counts how far two commits are apart; a count once made stays true for ever."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from gitbatch_tui.core.base.journal import Journal

CommitPair = tuple[str, str]
"""Ours, theirs: full ids."""


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
