"""Draws a metric of several runs as dots on one scale."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from gitbatch_tui.core.compare.runs import against_parameter

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gitbatch_tui.core.compare.runs import RunTable

_NARROWEST, _WIDEST = 10, 60
"""Cells of a line."""
_DOT, _LINE = "●", "·"


def plot(table: RunTable, metric: str, width: int, against: str = "") -> list[str]:
    """A metric of all runs as dots on one scale, with a heading; by a parameter, if one is named.

    Raises `Refused` for a parameter that none of them has.
    """
    if against:
        table = against_parameter(table, against)
    column = table.column_of(metric)
    labels = [f"{row.run.name}  {row.words(column)}  " for row in table.rows]
    if against:
        labels = [
            f"{against}={row.words(against)}  {label}"
            for row, label in zip(table.rows, labels, strict=True)
        ]
    widest = max(map(len, labels))
    lines = dots(table.numbers(metric), max(_NARROWEST, min(width - widest, _WIDEST)))
    heading = f"{metric} against {against}" if against else metric
    pairs = zip(labels, lines, strict=True)
    return [heading, *(f"{label:{widest}}{line}".rstrip() for label, line in pairs)]


def dots(values: Sequence[float | None], width: int) -> list[str]:
    """A line of `width` cells for each value, from the least to the greatest of them all.

    Empty for what is no finite number.
    """
    finite = [value for value in values if value is not None and math.isfinite(value)]
    if not finite:
        return ["" for _ in values]
    low, high = min(finite), max(finite)
    return [_line(value, low, high, width) for value in values]


def _line(value: float | None, low: float, high: float, width: int) -> str:
    if value is None or not math.isfinite(value):
        return ""
    # Half of each, since the whole may be more than a number can be.
    part = (value / 2 - low / 2) / (high / 2 - low / 2) if high > low else 0.5
    at = round(part * (width - 1))
    return _LINE * at + _DOT + _LINE * (width - 1 - at)
