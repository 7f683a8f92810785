"""Compares numbers, also where they stand in text."""

from __future__ import annotations

import math
import re

from gitbatch_tui.core.pages.table import is_number

_NUMBER = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?")
_NOTHING = 1e-12
"""What counts as zero, where there is a tolerance at all."""
_SHOWN = 60


def numbers_alike(old: float, new: float, tolerance: float) -> bool:
    """Whether two numbers are equal, or as near as that, relative to the larger one."""
    if old == new or (math.isnan(old) and math.isnan(new)):
        return True
    return tolerance > 0 and math.isclose(old, new, rel_tol=tolerance, abs_tol=_NOTHING)


def cells_alike(old: str, new: str, tolerance: float) -> bool:
    """Whether two cells of a table say the same: 1.0 and 1.00 do."""
    if old == new or not (is_number(old) and is_number(new)):
        return old == new
    return numbers_alike(float(old), float(new), tolerance)


def texts_alike(old: str, new: str, tolerance: float) -> bool:
    """Whether two texts are the same but for numbers that are near enough."""
    if old == new or not tolerance:
        return old == new
    if _NUMBER.split(old) != _NUMBER.split(new):
        return False
    pairs = zip(_NUMBER.findall(old), _NUMBER.findall(new), strict=True)
    return all(numbers_alike(float(a), float(b), tolerance) for a, b in pairs)


def from_to(old: object, new: object) -> str:
    """What it was and what it is, as far as that fits."""
    return f"{_short(old)} → {_short(new)}"


def _short(value: object) -> str:
    text = " ".join(str(value).split())
    return f"{text[:_SHOWN]}…" if len(text) > _SHOWN else text or "nothing"
