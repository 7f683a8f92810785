"""Draws curves with the dots of braille: eight in a cell, two across and four down."""

from __future__ import annotations

from itertools import groupby, pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from gitbatch_tui.core.curves.curve import Span
    from gitbatch_tui.core.curves.scale import Scale

ACROSS, DOWN = 2, 4
"""Dots of a cell."""
NOBODY = -1
_EMPTY = 0x2800
_CELL = (1 << DOWN) - 1
"""The dots of half a cell."""


def _bits(*values: int) -> tuple[int, ...]:
    """The sums of these for each number whose bits say which of them are in it."""
    return tuple(
        sum(value for at, value in enumerate(values) if dots >> at & 1) for dots in range(1 << DOWN)
    )


_LEFT, _RIGHT = _bits(0x01, 0x02, 0x04, 0x40), _bits(0x08, 0x10, 0x20, 0x80)
"""What the dots of half a cell, the first bit the highest dot, are in its character."""


class Canvas:
    """Columns of dots, each a number of which a bit is a dot, the first bit the highest."""

    def __init__(self, width: int, height: int) -> None:
        """Make a canvas of so many cells, without dots."""
        self.width, self.height = width, height
        self._drawn: list[tuple[int, list[int]]] = []
        """The columns of each curve, the last one above the others."""

    def draw(self, number: int, spans: Sequence[Span], up: Scale) -> None:
        """Draw a curve whose spans are of `width * ACROSS` columns."""
        tall = self.height * DOWN - 1

        def row(value: float) -> int:
            return tall - round(up.at(value) * tall)

        columns = [0] * (self.width * ACROSS)
        for span in spans:
            columns[span.column] = _line(row(span.high), row(span.low))
        for one, other in pairwise(spans):
            if not other.is_apart:
                _join(columns, (one.column, row(one.last)), (other.column, row(other.first)))
        self._drawn.append((number, columns))

    def rows(self) -> Iterator[list[tuple[int, str]]]:
        """Yield rows from the top: pairs of whose cells follow each other, and their text."""
        cells = zip(*map(self._cells, range(0, self.width * ACROSS, ACROSS)), strict=True)
        for row in cells:
            yield [
                (owner, "".join(text for _, text in part))
                for owner, part in groupby(row, key=lambda cell: cell[0])
            ]

    def _cells(self, x: int) -> list[tuple[int, str]]:
        """The cells of two columns from top to bottom, each with whose it is."""
        left = right = 0
        owners = [NOBODY] * self.height
        free = -1
        for number, columns in reversed(self._drawn):
            left, right = left | columns[x], right | columns[x + 1]
            while mine := (columns[x] | columns[x + 1]) & free:
                line = (mine.bit_length() - 1) // DOWN
                owners[line] = number
                free &= ~(_CELL << line * DOWN)
        return [
            (owner, _character(left >> line * DOWN, right >> line * DOWN))
            for line, owner in enumerate(owners)
        ]


def _character(left: int, right: int) -> str:
    """The character of a cell, from the dots in it and below it."""
    dots = _LEFT[left & _CELL] | _RIGHT[right & _CELL]
    return chr(_EMPTY + dots) if dots else " "


def _line(begin: int, end: int) -> int:
    """A line straight up or down, as bits."""
    return (2 << end) - (1 << begin) if begin <= end else (2 << begin) - (1 << end)


def _join(columns: list[int], begin: tuple[int, int], end: tuple[int, int]) -> None:
    """A line between two dots, in each column as far as it goes there."""
    (x, y), (to_x, to_y) = begin, end
    here, slope = y, (to_y - y) / (to_x - x)
    for column in range(x, to_x):
        there = round(y + slope * (column + 0.5 - x))
        columns[column] |= _line(here, there)
        here = there
    columns[to_x] |= _line(here, to_y)
