"""Compares large results, which are in no commit, by their hashes."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, NamedTuple

from gitbatch_tui.core.compare.files import Compared, Likeness, paths_that_may_differ
from gitbatch_tui.core.git.blobs import blobs_at, contents_in_turn

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gitbatch_tui.core.git.repo import Clone


class Kept(NamedTuple):
    """Where the results of a run are."""

    commit: str
    large: Mapping[str, str]
    """The SHA-256 of each file that is beside the commit, by its path."""


def compare_large(clone: Clone, old: Kept, new: Kept, source: str) -> list[Compared]:
    """Each file that is large in one of two results, and isn't the same in the other.

    Two batch remotes may call files large from different sizes on, so it may be in the commit of
    the other one. `source` has the attributes that count.
    """
    paths = sorted(old.large.keys() | new.large.keys())
    hashes = {path: (_hash(clone, old, path), _hash(clone, new, path)) for path in paths}
    other = {path: words for path, sides in hashes.items() if (words := _difference(*sides))}
    may_differ = paths_that_may_differ(clone, source, list(other))
    return [
        Compared(path, Likeness.VOLATILE, "may differ")
        if path in may_differ
        else Compared(path, Likeness.DIFFERS, words)
        for path, words in other.items()
    ]


def _hash(clone: Clone, kept: Kept, path: str) -> str:
    """The SHA-256 of a file, wherever it is kept; empty where there is none."""
    if path in kept.large:
        return kept.large[path]
    blobs = list(filter(None, blobs_at(clone, [(kept.commit, path)])))
    return "".join(hashlib.sha256(data).hexdigest() for _, data in contents_in_turn(clone, blobs))


def _difference(old: str, new: str) -> str:
    if not new:
        return "the new run doesn't have it"
    if not old:
        return "only the new run has it"
    return "" if old == new else "its large content has another hash"
