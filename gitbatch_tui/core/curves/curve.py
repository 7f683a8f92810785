"""A metric over steps, thinned out to what so many columns can show."""

from __future__ import annotations

import math
from array import array
from bisect import bisect_left, bisect_right
from dataclasses import dataclass, field
from functools import cached_property
from itertools import accumulate, groupby
from typing import TYPE_CHECKING, NamedTuple

from gitbatch_tui.core.curves.scale import Scale

if TYPE_CHECKING:
    from collections.abc import Sequence


COLOURS = (
    "#5b9bd5", "#f0883e", "#57ab5a", "#c678dd", "#e5534b", "#2bb5c0",
    "#c69026", "#e275ad", "#8896d8", "#8fb339", "#b5835a", "#7f9f9f",
)  # fmt: skip
"""To be told apart on dark and on light ground."""


class Span(NamedTuple):
    """The values of a curve within one column."""

    column: int
    low: float
    high: float
    first: float
    last: float
    is_apart: bool
    """Whether there is a gap before it."""


@dataclass(frozen=True, eq=False)
class Curve:
    """Finite numbers over steps that never go back."""

    xs: array[float] = field(default_factory=lambda: array("d"))
    ys: array[float] = field(default_factory=lambda: array("d"))
    breaks: Sequence[int] = ()
    """The indices before which there is a gap."""
    notes: Sequence[str] = ()
    """What could not be drawn, in words."""
    _drawn: dict[object, list[Span]] = field(default_factory=dict)
    """The spans that were asked for last, by what they depend on."""

    @cached_property
    def _sums(self) -> array[float]:
        return array("d", accumulate(self.ys, initial=0.0))

    @cached_property
    def _ends(self) -> tuple[float, float]:
        """The least and the greatest value."""
        return min(self.ys), max(self.ys)

    @cached_property
    def _edges(self) -> tuple[int, ...]:
        """The indices at which a part between gaps begins, and the end of all."""
        return (0, *self.breaks, len(self.ys))

    def spans(self, across: Scale, width: int, smoothing: float = 0.0) -> list[Span]:
        """The values to be seen in each of `width` columns, those with nothing in them left out.

        With `smoothing`, each column has the mean around it, of that part of all values.
        """
        wanted = across, width, smoothing
        if wanted not in self._drawn:
            self._drawn.clear()
            self._drawn[wanted] = self._spans(*wanted)
        return self._drawn[wanted]

    def _spans(self, across: Scale, width: int, smoothing: float) -> list[Span]:
        found: list[Span] = []
        breaks, begin = frozenset(self.breaks), 0
        half = round(len(self.ys) * smoothing / 2)
        for column in range(width):
            bound = across.value((column + 1) / width)
            end = len(self.xs) if column == width - 1 else bisect_left(self.xs, bound, begin)
            if end > begin:
                part = [self._mean((begin + end) // 2, half)] if half else self.ys[begin:end]
                is_apart = begin in breaks
                found.append(Span(column, min(part), max(part), part[0], part[-1], is_apart))
                begin = end
        return found

    def _mean(self, middle: int, half: int) -> float:
        """The mean of as many values before as after; of fewer near an end or a gap."""
        edges = self._edges
        at = bisect_right(edges, middle)
        half = min(half, middle - edges[at - 1], edges[at] - 1 - middle)
        low, high = middle - half, middle + half + 1
        least, greatest = self._ends
        # Rounding would make hills of a flat curve, which fill the picture.
        return min(greatest, max(least, (self._sums[high] - self._sums[low]) / (high - low)))

    def points(self, width: int, smoothing: float = 0.0) -> list[tuple[float, float]]:
        """At most four points for each of `width` columns; where there is a gap, NaN."""
        found: list[tuple[float, float]] = []
        if not self.xs:
            return found
        across = Scale.around((self.xs[0], self.xs[-1]))
        for span in self.spans(across, width, smoothing):
            x = across.value((span.column + 0.5) / width)
            found += [(x, math.nan)] if span.is_apart else []
            found += [(x, y) for y, _ in groupby((span.first, span.low, span.high, span.last))]
        return found


def above_zero(spans: Sequence[Span]) -> list[Span]:
    """The values that a logarithmic scale has a place for; there is a gap for the others."""
    found, is_apart = [], False
    for span in spans:
        is_apart = is_apart or span.is_apart
        if span.high > 0:
            found.append(span._replace(is_apart=is_apart))
            is_apart = False
        else:
            is_apart = True
    return found


def colour(number: int) -> str:
    """The colour of a curve; after the last one, the first comes again."""
    return COLOURS[number % len(COLOURS)]
