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
_BITS = ((0x01, 0x02, 0x04, 0x40), (0x08, 0x10, 0x20, 0x80))
"""By the column and row of a dot in its cell."""


class Canvas:
    """Cells, each with the dots of curves and the number of the one that drew there last."""

    def __init__(self, width: int, height: int) -> None:
        self.width, self.height = width, height
        self._dots = [[0] * width for _ in range(height)]
        self._owners = [[NOBODY] * width for _ in range(height)]

    def draw(self, number: int, spans: Sequence[Span], up: Scale) -> None:
        """Draw a curve whose spans are of `width * ACROSS` columns."""
        tall = self.height * DOWN - 1

        def row(value: float) -> int:
            return tall - round(up.at(value) * tall)

        for span in spans:
            self._column(number, span.column, row(span.high), row(span.low))
        for one, other in pairwise(spans):
            if not other.is_apart:
                self._join(number, (one.column, row(one.last)), (other.column, row(other.first)))

    def rows(self) -> Iterator[list[tuple[int, str]]]:
        """From top to bottom: whose cells follow each other, and their text."""
        for dots, owners in zip(self._dots, self._owners, strict=True):
            cells = zip(owners, dots, strict=True)
            yield [
                (owner, "".join(chr(_EMPTY + dot) if dot else " " for _, dot in part))
                for owner, part in groupby(cells, key=lambda cell: cell[0])
            ]

    def _column(self, number: int, x: int, top: int, bottom: int) -> None:
        """A line straight down."""
        cell, bits = x // ACROSS, _BITS[x % ACROSS]
        for line in range(top // DOWN, bottom // DOWN + 1):
            begin, end = max(0, top - line * DOWN), min(DOWN - 1, bottom - line * DOWN)
            self._dots[line][cell] |= sum(bits[begin : end + 1])
            self._owners[line][cell] = number

    def _join(self, number: int, begin: tuple[int, int], end: tuple[int, int]) -> None:
        """A line between two dots, in each column as far as it goes there."""
        (x, y), (to_x, to_y) = begin, end
        for column in range(x, to_x + 1):
            here = y + (to_y - y) * (max(column - 0.5, x) - x) / (to_x - x)
            there = y + (to_y - y) * (min(column + 0.5, to_x) - x) / (to_x - x)
            self._column(number, column, round(min(here, there)), round(max(here, there)))
