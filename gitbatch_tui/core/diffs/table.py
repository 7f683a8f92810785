"""Compares two versions of a table (CSV, TSV) row by row."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gitbatch_tui.core.base.encoding import encoding_of
from gitbatch_tui.core.base.text import one_line
from gitbatch_tui.core.diffs.align import are_keys, by_key, by_place

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from gitbatch_tui.core.diffs.align import IndexPair

SUFFIXES = frozenset({".csv", ".tsv"})

_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?|nan|[+-]?inf", re.IGNORECASE)

TableRow = tuple[str, ...]


@dataclass(frozen=True)
class Table:
    """Rows under named columns, every cell harmless and in one line."""

    names: TableRow
    rows: tuple[TableRow, ...]
    first: int
    """The number of the first row, counted with the names above it, where there are any."""

    def only(self, names: Sequence[str]) -> list[TableRow]:
        """The rows with these columns, in this order."""
        places = [self.names.index(name) for name in names]
        return [tuple(row[place] for place in places) for row in self.rows]


def read_table(data: bytes, suffix: str) -> Table:
    """Raises ValueError where it is none."""
    rows = [tuple(map(one_line, row)) for row in read_rows(data, suffix) if row]
    width = max((len(row) for row in rows), default=0)
    filled = tuple(row + ("",) * (width - len(row)) for row in rows)
    if filled and has_names(filled[0]):
        return Table(tuple(told_apart(filled[0])), filled[1:], 2)
    return Table(tuple(str(n + 1) for n in range(width)), filled, 1)


def read_rows(data: bytes, suffix: str) -> Iterator[list[str]]:
    """The cells as they are, a blank line as a row without any; raises ValueError as it comes."""
    text = io.TextIOWrapper(io.BytesIO(data), *encoding_of(data), newline="")
    top = text.readline()
    text.seek(0)
    comma = ";" if top.count(";") > top.count(",") else ","
    delimiter = "\t" if suffix == ".tsv" else comma
    try:
        yield from csv.reader(text, delimiter=delimiter, strict=True)
    except csv.Error as error:
        raise ValueError(str(error)) from error


def has_names(row: Sequence[str]) -> bool:
    """True if a first row names the columns: nothing in it is a number."""
    return bool(row) and not any(map(is_number, row))


def begins_anew(row: Sequence[str], names: Sequence[str]) -> bool:
    """True if a row further below has names again, of the same columns or of others."""
    return row[:1] == names[:1] and has_names(row)


def is_number(cell: str) -> bool:
    """True if a cell is something to compare in size."""
    return bool(_NUMBER.fullmatch(cell.strip()))


def told_apart(names: Iterable[str]) -> list[str]:
    """Names of columns, each only once: one that comes again has a number behind it."""
    seen: dict[str, None] = {}
    for name in names:
        number = 2
        while (other := name if name not in seen else f"{name} ({number})") in seen:
            number += 1
        seen[other] = None
    return list(seen)


class TableChange:
    """The rows and columns of two tables that belong together, and those that differ."""

    def __init__(self, old: Table, new: Table) -> None:
        self.old, self.new = old, new
        self.common = [name for name in new.names if name in old.names]
        self.added = [name for name in new.names if old.names and name not in self.common]
        self.deleted = [name for name in old.names if new.names and name not in self.common]
        before, after = old.only(self.common), new.only(self.common)
        self.pairs = list(_pairs(before, after))
        self.changed = [
            i is not None and j is not None and before[i] != after[j] for i, j in self.pairs
        ]

    @property
    def names(self) -> list[str]:
        """The names of all columns; a deleted one stays behind the one it was behind."""
        names = list(self.new.names)
        for at, name in enumerate(self.old.names):
            if name not in names:
                names.insert(names.index(self.old.names[at - 1]) + 1 if at else 0, name)
        return names


def _pairs(old: list[TableRow], new: list[TableRow]) -> Iterator[IndexPair]:
    keys = [row[0] for row in old if row], [row[0] for row in new if row]
    return by_key(*keys) if are_keys(*keys) else by_place(old, new)
