"""Finds out which parts of two versions belong together, such as rows or cells."""

from __future__ import annotations

from difflib import SequenceMatcher
from itertools import zip_longest
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterator, Sequence

IndexPair = tuple[int | None, int | None]
"""The place before the change and the one after it; None where there is none."""

_MOST = 4_000_000


def by_key(old: Sequence[Hashable], new: Sequence[Hashable]) -> Iterator[IndexPair]:
    """Pair the items with one key, which nothing else has; in the new order."""
    places = {key: place for place, key in enumerate(old)}
    kept = set(new)
    gone = [place for place, key in enumerate(old) if key not in kept][::-1]
    for j, key in enumerate(new):
        i = places.get(key)
        while gone and i is not None and gone[-1] < i:
            yield gone.pop(), None
        yield i, j
    yield from ((place, None) for place in reversed(gone))


def by_place(old: Sequence[Hashable], new: Sequence[Hashable]) -> Iterator[IndexPair]:
    """Pair the items that are equal, and between them one after the other."""
    if len(old) * len(new) > _MOST:
        yield from zip_longest(range(len(old)), range(len(new)))
        return
    for _, i, i_end, j, j_end in SequenceMatcher(None, old, new).get_opcodes():
        yield from zip_longest(range(i, i_end), range(j, j_end))


def are_keys(old: Sequence[Hashable], new: Sequence[Hashable]) -> bool:
    """True if each key names one thing only, and most are in both."""
    before, after = set(old), set(new)
    alone = len(before) == len(old) and len(after) == len(new)
    return alone and 2 * len(before & after) >= min(len(old), len(new)) > 0
