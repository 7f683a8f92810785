"""Finds the words that differ between two versions of a line."""

from __future__ import annotations

import re
from difflib import SequenceMatcher

_WORDS = re.compile(r"\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|\w+|\s+|[^\w\s]")
_MOST = 200
_ALIKE = 0.4

Spans = tuple[tuple[int, int], ...]


def changed_words(old: str, new: str) -> tuple[Spans, Spans]:
    """The spans in which two lines differ; none, if they have little in common."""
    first, second = _WORDS.findall(old), _WORDS.findall(new)
    if len(first) > _MOST or len(second) > _MOST:
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
