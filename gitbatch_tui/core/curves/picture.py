"""Puts curves with their axes into the cells of a terminal."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from gitbatch_tui.core.curves.braille import ACROSS, NOBODY, Canvas
from gitbatch_tui.core.curves.curve import above_zero
from gitbatch_tui.core.curves.scale import Scale

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from gitbatch_tui.core.curves.curve import Curve

SMOOTHINGS = (0.0, 0.01, 0.05, 0.2)
"""The part of all values that one is the mean of."""
_LEAST_WIDE, _LEAST_TALL = 8, 3
_PARTS = 128
_MARGIN = 8
"""Cells for the numbers at the left."""
_TICK_LINES = 4
"""Lines of cells for each number at the left, at least."""
_TICK_CELLS = 14
"""Cells for each number below, at least."""

Line = list[tuple[int, str]]
"""Whose cells follow each other, and their text; `NOBODY` has the axes."""


@dataclass(frozen=True)
class CurveStyle:
    """How curves are drawn."""

    log: bool = False
    """Whether values are on a logarithmic scale."""
    smoothing: float = 0.0


def draw(curves: Sequence[Curve], width: int, height: int, style: CurveStyle) -> list[Line]:
    """Lines of text of that size; nothing where there is no room, or no curve."""
    there = [curve for curve in curves if curve.xs]
    room, tall = width - _MARGIN - 1, height - 2
    if not there or room < _LEAST_WIDE or tall < _LEAST_TALL:
        return []
    across = _roomy(Scale.around(x for curve in there for x in (curve.xs[0], curve.xs[-1])))
    drawn = [curve.spans(across, room * ACROSS, style.smoothing) for curve in curves]
    if style.log:
        drawn = [above_zero(spans) for spans in drawn]
    values = (value for spans in drawn for span in spans for value in (span.low, span.high))
    up = Scale.around(values, log=style.log)
    canvas = Canvas(room, tall)
    for number, spans in enumerate(drawn):
        canvas.draw(number, spans, up)
    return [*_beside(canvas, up), *_below(across, room)]


def _roomy(scale: Scale) -> Scale:
    """A scale that ends less than a hundredth later, so that it isn't another one at each step."""
    step = 2.0 ** math.floor(math.log2(scale.high - scale.low)) / _PARTS
    high = scale.low + math.ceil((scale.high - scale.low) / step) * step
    return replace(scale, high=max(high, scale.high))


def is_above_zero(curves: Sequence[Curve]) -> bool:
    """Tell whether all values have a place on a logarithmic scale."""
    return all(min(curve.ys) > 0 for curve in curves if curve.ys)


def _beside(canvas: Canvas, up: Scale) -> Iterator[Line]:
    """The rows of a canvas, with the axis and its numbers at their left."""
    ticks = up.ticks(max(3, canvas.height // _TICK_LINES))
    words = {round((1 - up.at(tick)) * (canvas.height - 1)): _short(tick) for tick in ticks}
    for y, cells in enumerate(canvas.rows()):
        axis = f"{words.get(y, ''):>{_MARGIN}}{'┤' if y in words else '│'}"
        yield [(NOBODY, axis), *cells]


def _short(value: float) -> str:
    """A number in no more than the cells that there are for it."""
    return next(text for digits in (6, 4, 3, 2) if len(text := f"{value:.{digits}g}") <= _MARGIN)


def _below(across: Scale, room: int) -> list[Line]:
    """The axis at the bottom and its numbers, which don't touch each other."""
    axis, words = ["─"] * room, ""
    for tick in across.ticks(max(1, room // _TICK_CELLS)):
        at, text = round(across.at(tick) * (room - 1)), f"{tick:.6g}"
        begin = min(max(0, at - len(text) // 2), room - len(text))
        if begin > len(words) or not words:
            axis[at] = "┬"
            words = f"{words:<{begin}}{text}"
    return [
        [(NOBODY, f"{'':>{_MARGIN}}└{''.join(axis)}")],
        [(NOBODY, f"{'':>{_MARGIN}} {words:<{room}}")],
    ]
