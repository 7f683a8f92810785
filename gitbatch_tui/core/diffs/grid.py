"""Draws what changed in a table: aligned columns, and in a cell what it was and what it is."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING, NamedTuple

from gitbatch_tui.core.diffs.model import DiffLine, Kind, Mark, note, skipped
from gitbatch_tui.core.diffs.table import TableChange, is_number, read_table

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gitbatch_tui.core.diffs.align import IndexPair

_AROUND = 2
_WIDEST = 60
_GAP = "  "

CellParts = tuple[tuple[str, Kind], ...]
"""Its parts, one behind the other."""


def table_lines(old: bytes, new: bytes, suffix: str) -> Iterator[DiffLine]:
    """The rows that differ and those around them; raises ValueError where it is no table."""
    return _Grid(TableChange(read_table(old, suffix), read_table(new, suffix))).lines()


def whole_table(data: bytes, suffix: str) -> Iterator[DiffLine]:
    """All rows of one table, aligned; raises ValueError where it is none."""
    table = read_table(data, suffix)
    names: list[CellParts] = [((_short(name), Kind.HEADING),) for name in table.names]
    rows: list[list[CellParts]] = [
        [((_short(cell), Kind.SAME),) for cell in row] for row in table.rows
    ]
    columns = _layout([names, *rows])
    yield _draw(DiffLine(Kind.HEADING, ""), names, columns)
    for number, cells in enumerate(rows, table.first):
        yield _draw(DiffLine(Kind.SAME, "", 0, number), cells, columns)


class _Grid:
    def __init__(self, change: TableChange) -> None:
        self.change = change
        self.names = change.names
        self.kinds = [
            _kind(pair, changed=changed)
            for pair, changed in zip(change.pairs, change.changed, strict=True)
        ]
        self.old_places = {name: at for at, name in enumerate(change.old.names)}
        self.new_places = {name: at for at, name in enumerate(change.new.names)}

    def lines(self) -> Iterator[DiffLine]:
        yield note(self.summary())
        shown = self.shown()
        grid = [[self.name(name) for name in self.names]]
        grid += [self.row(at) for at in shown]
        columns = _layout(grid)
        yield _draw(DiffLine(Kind.HEADING, ""), grid[0], columns)
        last = -1
        for at, cells in zip(shown, grid[1:], strict=True):
            yield from skipped(at - last - 1, "row")
            old, new = self.numbers(self.change.pairs[at])
            yield _draw(DiffLine(self.kinds[at], "", old, new), cells, columns)
            last = at
        yield from skipped(len(self.kinds) - last - 1, "row")

    def summary(self) -> str:
        """Summarise the change in numbers and names."""
        counted = [(self.kinds.count(kind), kind) for kind in Kind if kind is not Kind.SAME]
        rows = ", ".join(f"{count:,} {kind}" for count, kind in counted if count)
        words = [f"rows: {rows or 'none changed'}"]
        for verb, names in (("added", self.change.added), ("deleted", self.change.deleted)):
            words += [f"columns {verb}: {', '.join(names)}"] if names else []
        return " · ".join(words)

    def shown(self) -> list[int]:
        """The rows to show: all of them where the columns are others."""
        if self.change.added or self.change.deleted:
            return list(range(len(self.kinds)))
        near = {
            place
            for at, kind in enumerate(self.kinds)
            if kind is not Kind.SAME
            for place in range(at - _AROUND, at + _AROUND + 1)
        }
        return sorted(near & set(range(len(self.kinds))))

    def name(self, name: str) -> CellParts:
        if name in self.change.added:
            return ((f"+{_short(name)}", Kind.ADDED),)
        if name in self.change.deleted:
            return ((f"-{_short(name)}", Kind.DELETED),)
        return ((_short(name), Kind.HEADING),)

    def row(self, at: int) -> list[CellParts]:
        i, j = self.change.pairs[at]
        old = self.change.old.rows[i] if i is not None else ()
        new = self.change.new.rows[j] if j is not None else ()
        return [
            _cell(
                old[self.old_places[name]] if old and name in self.old_places else None,
                new[self.new_places[name]] if new and name in self.new_places else None,
            )
            for name in self.names
        ]

    def numbers(self, pair: IndexPair) -> tuple[int, int]:
        i, j = pair
        return (
            0 if i is None else i + self.change.old.first,
            0 if j is None else j + self.change.new.first,
        )


def _kind(pair: IndexPair, *, changed: bool) -> Kind:
    if pair[0] is None:
        return Kind.ADDED
    if pair[1] is None:
        return Kind.DELETED
    return Kind.CHANGED if changed else Kind.SAME


def _cell(old: str | None, new: str | None) -> CellParts:
    if old is None:
        return ((_short(new or ""), Kind.ADDED),)
    if new is None:
        return ((_short(old), Kind.DELETED),)
    if old == new:
        return ((_short(new), Kind.SAME),)
    before, after = _short(old) or "(empty)", _short(new) or "(empty)"
    return ((before, Kind.DELETED), (" → ", Kind.NOTE), (after, Kind.ADDED))


def _short(text: str) -> str:
    return text if len(text) <= _WIDEST else f"{text[: _WIDEST - 1]}…"


class _Column(NamedTuple):
    """The width of a column, and whether it holds numbers, to be set to the right."""

    width: int
    right: bool


def _layout(grid: list[list[CellParts]]) -> list[_Column]:
    return [
        _Column(
            max(_width(_text(cell)) for cell in (name, *cells)),
            right=all(
                is_number(part)
                for cell in cells
                for part, kind in cell
                if part and kind is not Kind.NOTE
            ),
        )
        for name, *cells in zip(*grid, strict=True)
    ]


def _draw(line: DiffLine, cells: list[CellParts], columns: list[_Column]) -> DiffLine:
    text, marks = "", list[Mark]()
    for cell, column in zip(cells, columns, strict=True):
        space = " " * (column.width - _width(_text(cell)))
        text += space if column.right else ""
        for part, kind in cell:
            if kind not in (line.kind, Kind.SAME):
                marks.append(Mark(len(text), len(text) + len(part), kind))
            text += part
        text += ("" if column.right else space) + _GAP
    return line._replace(text=text.rstrip(" "), marks=tuple(marks))


def _text(cell: CellParts) -> str:
    return "".join(part for part, _ in cell)


def _width(text: str) -> int:
    """The places of a terminal that a text takes."""
    if text.isascii():
        return len(text)
    wide = sum(unicodedata.east_asian_width(character) in "WF" for character in text)
    return len(text) + wide - sum(map(bool, map(unicodedata.combining, text)))
