"""Compares text line by line; with a tolerance, numbers in it count by value."""

from __future__ import annotations

import io
from itertools import zip_longest
from typing import TYPE_CHECKING, Generic, TypeVar

from gitbatch_tui.core.base.encoding import encoding_of
from gitbatch_tui.core.compare.numbers import from_to, texts_alike

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from gitbatch_tui.core.compare.numbers import Tolerance

TextPart = TypeVar("TextPart")


class SideBySide(Generic[TextPart]):
    """Reads two files part by part, none of them whole, and counts what each has."""

    def __init__(self, old: Iterable[TextPart], new: Iterable[TextPart]) -> None:
        self._sides = old, new
        self.counts = (0, 0)

    def __iter__(self) -> Iterator[tuple[int, TextPart, TextPart]]:
        """The parts that both have, numbered from 1."""
        old = new = 0
        for one, other in zip_longest(*self._sides):
            old, new = old + (one is not None), new + (other is not None)
            if one is not None and other is not None:
                yield old, one, other
        self.counts = old, new

    def told(self, noun: str) -> Iterator[str]:
        """A sentence if one of them had more, once all was read."""
        if self.counts[0] != self.counts[1]:
            yield f"it has {from_to(*self.counts)} {noun}"


def compare_texts(old: bytes, new: bytes, tolerance: Tolerance) -> Iterator[str]:
    """A sentence for every line that differs; raises ValueError where one isn't text."""
    return _compare(SideBySide(_lines(old), _lines(new)), tolerance)


def compare_lines(old: str, new: str, tolerance: Tolerance) -> Iterator[str]:
    """Yield a sentence for each difference of two texts that were split into lines."""
    return _compare(SideBySide(old.split("\n"), new.split("\n")), tolerance)


def _compare(sides: SideBySide[str], tolerance: Tolerance) -> Iterator[str]:
    for number, one, other in sides:
        if not texts_alike(one, other, tolerance):
            yield f"line {number}: {from_to(one, other)}"
    yield from sides.told("lines")


def _lines(data: bytes) -> Iterator[str]:
    """Split a text into lines; only a line feed ends one."""
    return iter(io.TextIOWrapper(io.BytesIO(data), *encoding_of(data), newline="\n"))
