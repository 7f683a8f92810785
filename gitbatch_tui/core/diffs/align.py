"""Finds out which parts of two versions belong together: rows, cells, the words of a line."""

from __future__ import annotations

import re
from difflib import SequenceMatcher
from itertools import zip_longest
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterator, Sequence


IndexPair = tuple[int | None, int | None]
"""The place before the change and the one after it; None where there is none."""

_MOST = 4_000_000
_WORD = re.compile(r"\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|\w+|\s+|[^\w\s]")
_MOST_WORDS = 200
_ALIKE = 0.4

Spans = tuple[tuple[int, int], ...]


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


def changed_words(old: str, new: str) -> tuple[Spans, Spans]:
    """The spans in which two lines differ; none, if they have little in common."""
    first, second = _WORD.findall(old), _WORD.findall(new)
    if len(first) > _MOST_WORDS or len(second) > _MOST_WORDS:
        return _middles(old, new)
    matcher = SequenceMatcher(None, first, second, autojunk=False)
    blocks = matcher.get_matching_blocks()
    shared = sum(len("".join(first[b.a : b.a + b.size]).strip()) for b in blocks)
    if shared < _ALIKE * max(len(old.strip()), len(new.strip())):
        return (), ()
    return (
        _gaps(first, [(b.a, b.size) for b in blocks]),
        _gaps(second, [(b.b, b.size) for b in blocks]),
    )


def _gaps(words: list[str], blocks: list[tuple[int, int]]) -> Spans:
    ends = [0]
    for word in words:
        ends.append(ends[-1] + len(word))
    spans, at = [], 0
    for start, size in blocks:
        if start > at:
            spans.append((ends[at], ends[start]))
        at = start + size
    return tuple(spans)


def _middles(old: str, new: str) -> tuple[Spans, Spans]:
    """The parts that are left when the common beginning and end are taken away."""
    shorter = min(len(old), len(new))
    same = next((n for n in range(shorter) if old[n] != new[n]), shorter)
    left = shorter - same
    tail = next((n for n in range(left) if old[-1 - n] != new[-1 - n]), left)
    if same + tail < _ALIKE * max(len(old), len(new)):
        return (), ()
    spans = ((same, len(old) - tail), (same, len(new) - tail))
    first, second = (((start, end),) if end > start else () for start, end in spans)
    return first, second
