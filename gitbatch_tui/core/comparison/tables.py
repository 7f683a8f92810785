"""Compares tables (CSV, TSV) cell by cell."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gitbatch_tui.core.comparison.numbers import cells_alike, from_to
from gitbatch_tui.core.pages.table import read_table

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from gitbatch_tui.core.pages.table import Table


def compare_tables(suffix: str) -> Callable[[bytes, bytes, float], Iterator[str]]:
    """The reader for files of that suffix."""

    def compare(old: bytes, new: bytes, tolerance: float) -> Iterator[str]:
        return _compare(read_table(old, suffix), read_table(new, suffix), tolerance)

    return compare


def _compare(old: Table, new: Table, tolerance: float) -> Iterator[str]:
    if old.names != new.names:
        yield f"its columns: {from_to(', '.join(old.names), ', '.join(new.names))}"
        return
    if len(old.rows) != len(new.rows):
        yield f"it has {from_to(len(old.rows), len(new.rows))} rows"
    for line, (before, after) in enumerate(zip(old.rows, new.rows, strict=False), old.first):
        for name, one, other in zip(old.names, before, after, strict=True):
            if not cells_alike(one, other, tolerance):
                yield f"{name} in line {line}: {from_to(one, other)}"
