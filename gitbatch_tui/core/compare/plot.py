"""Draws numbers as dots on one scale, a line each."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

_DOT, _LINE = "●", "·"


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
