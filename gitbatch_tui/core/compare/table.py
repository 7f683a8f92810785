"""Compares tables (CSV, TSV) cell by cell; a cell that is blank isn't one that is missing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gitbatch_tui.core.compare.numbers import from_to, numbers_alike
from gitbatch_tui.core.compare.text import SideBySide
from gitbatch_tui.core.diffs.table import has_names, read_rows

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from gitbatch_tui.core.compare.numbers import Tolerance

    Row = Sequence[str]


def compare_tables(suffix: str) -> Callable[[bytes, bytes, Tolerance], Iterator[str]]:
    """The reader for files of that suffix."""

    def compare(old: bytes, new: bytes, tolerance: Tolerance) -> Iterator[str]:
        return _compare(SideBySide(read_rows(old, suffix), read_rows(new, suffix)), tolerance)

    return compare


def _compare(sides: SideBySide[list[str]], tolerance: Tolerance) -> Iterator[str]:
    names: Row = ()
    for line, before, after in sides:
        if line == 1 and has_names(before):
            names = before
            if before != after:
                yield f"its columns: {from_to(', '.join(before), ', '.join(after))}"
                return
        yield from _cells(line, names, (before, after), tolerance)
    yield from sides.told("lines")


def _cells(line: int, names: Row, rows: tuple[Row, Row], tolerance: Tolerance) -> Iterator[str]:
    old, new = rows
    if len(old) != len(new):
        yield f"line {line} has {from_to(len(old), len(new))} cells"
    for at, (one, other) in enumerate(zip(old, new, strict=False)):
        if not numbers_alike(one, other, tolerance):
            name = names[at] if at < len(names) else f"column {at + 1}"
            yield f"{name} in line {line}: {from_to(one, other)}"
