"""Compares JSON by value: the order of keys and the layout don't count."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from gitbatch_tui.core.compare.numbers import from_to, numbers_alike

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gitbatch_tui.core.compare.numbers import Tolerance


class Numeral(str):
    """A number as it is written, since floating point would make others of some."""

    __slots__ = ()

    def __repr__(self) -> str:
        return str(self)


def read_json(data: bytes) -> Any:
    """The content, its numbers as `Numeral`; raises ValueError where it is no JSON.

    Nor is it where a key is given twice: readers disagree about which one counts.
    """
    try:
        return json.loads(
            data,
            parse_int=Numeral,
            parse_float=Numeral,
            parse_constant=Numeral,
            object_pairs_hook=_members,
        )
    except RecursionError as error:
        raise ValueError("too deep") from error


def _members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("a key is given twice")
    return members


def compare_json(old: bytes, new: bytes, tolerance: Tolerance) -> Iterator[str]:
    """A sentence for every value that differs; raises ValueError where one isn't JSON."""
    return compare_values(read_json(old), read_json(new), tolerance)


def compare_values(old: Any, new: Any, tolerance: Tolerance, where: str = "") -> Iterator[str]:
    """Yield a sentence for each difference of two values that were read from JSON."""
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
    old: dict[str, Any], new: dict[str, Any], key: str, tolerance: Tolerance, place: str
) -> Iterator[str]:
    if key not in new:
        yield f"{place} is missing"
    elif key not in old:
        yield f"{place} is new"
    else:
        yield from compare_values(old[key], new[key], tolerance, place)


def _alike(old: Any, new: Any, tolerance: Tolerance) -> bool:
    if isinstance(old, Numeral) and isinstance(new, Numeral):
        return numbers_alike(old, new, tolerance)
    return type(old) is type(new) and bool(old == new)
