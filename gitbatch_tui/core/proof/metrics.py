"""Reads what a run measured, from a file of its results."""

from __future__ import annotations

import json
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from gitbatch_tui.core.pages.table import SUFFIXES, is_number, read_table
from gitbatch_tui.core.text import one_line

if TYPE_CHECKING:
    from collections.abc import Iterator

Value = int | float | str

_LONGEST = 80
_HUGE = 10**300


def read_metrics(data: bytes, path: str) -> dict[str, Value]:
    """Names and values: those of a JSON object, nested ones as `a.b`; or a table's last row.

    Nothing where it can't be read.
    """
    try:
        suffix = PurePosixPath(path).suffix.lower()
        if suffix in SUFFIXES:
            return _last_row(data, suffix)
        return dict(_flat(json.loads(data)))
    except (ValueError, RecursionError):
        return {}


def value_of(text: str) -> Value:
    """A number where that is what stands there."""
    text = one_line(text)
    if not is_number(text) or len(text) > _LONGEST:
        return text[:_LONGEST]
    return int(text) if text.lstrip("+-").isdigit() else float(text)


def _last_row(data: bytes, suffix: str) -> dict[str, Value]:
    table = read_table(data, suffix)
    last = table.rows[-1] if table.rows else ()
    return {name: value_of(cell) for name, cell in zip(table.names, last, strict=False)}


def _flat(value: Any, name: str = "") -> Iterator[tuple[str, Value]]:
    if isinstance(value, dict):
        for key, inner in value.items():
            place = one_line(str(key))
            yield from _flat(inner, f"{name}.{place}" if name else place)
    elif name and isinstance(value, bool):
        yield name, str(value).lower()
    elif name and isinstance(value, int | float):
        # Beyond that, Python has numbers that are no floats.
        yield name, value if abs(value) < _HUGE or isinstance(value, float) else "huge"
    elif name and isinstance(value, str):
        yield name, one_line(value)[:_LONGEST]
