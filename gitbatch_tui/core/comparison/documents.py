"""Compares JSON by value: the order of keys and the layout don't count."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from gitbatch_tui.core.comparison.numbers import from_to, numbers_alike

if TYPE_CHECKING:
    from collections.abc import Iterator


def compare_json(old: bytes, new: bytes, tolerance: float) -> Iterator[str]:
    """A sentence for every value that differs; raises ValueError where one isn't JSON."""
    try:
        before, after = json.loads(old), json.loads(new)
    except RecursionError as error:
        raise ValueError("too deep") from error
    return compare_values(before, after, tolerance)


def compare_values(old: Any, new: Any, tolerance: float, where: str = "") -> Iterator[str]:
    """The same for what JSON is read as."""
    if isinstance(old, dict) and isinstance(new, dict):
        for key in dict.fromkeys((*old, *new)):
            place = f"{where}.{key}" if where else str(key)
            yield from _compare_items(old, new, key, tolerance, place)
    elif isinstance(old, list) and isinstance(new, list):
        if len(old) != len(new):
            yield f"{where or 'it'} has {from_to(len(old), len(new))} values"
        for at, (before, after) in enumerate(zip(old, new, strict=False)):
            yield from compare_values(before, after, tolerance, f"{where}[{at}]")
    elif not _alike(old, new, tolerance):
        yield f"{where or 'it'}: {from_to(old, new)}"


def _compare_items(
    old: dict[str, Any], new: dict[str, Any], key: str, tolerance: float, place: str
) -> Iterator[str]:
    if key not in new:
        yield f"{place} is missing"
    elif key not in old:
        yield f"{place} is new"
    else:
        yield from compare_values(old[key], new[key], tolerance, place)


def _alike(old: Any, new: Any, tolerance: float) -> bool:
    if _is_number(old) and _is_number(new):
        try:
            return old == new or numbers_alike(float(old), float(new), tolerance)
        except OverflowError:
            return False
    return type(old) is type(new) and bool(old == new)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
