"""Cuts what a job appends to a file of metrics into rows: CSV, TSV, and other separators."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING, Any

from gitbatch_tui.core.base.text import one_line
from gitbatch_tui.core.curves.rows import COLUMNS, LONGEST_NAME, NO_NUMBER, NOTHING, LineParser
from gitbatch_tui.core.diffs.table import begins_anew, has_names, told_apart

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from gitbatch_tui.core.curves.rows import Cells, Rows


class TableParser(LineParser):
    """CSV, with the names of its columns in the first line, if that has no numbers."""

    def __init__(self, separator: str = "") -> None:
        """Without a separator it is the semicolon or comma, whichever the first line has more."""
        super().__init__()
        self._separator = separator
        self._names: list[str] = []
        self._header: list[str] = []
        self._width = 0

    def rows(self, text: str) -> Rows:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
        if not self._names:
            text = self._begin(text)
        parts: list[Rows] = []
        while text.strip("\n"):
            part, rest = self._until_other_names(text)
            parts.append(self._rows_of(part))
            text = self._begin(rest) if rest else ""
        return _joined(parts)

    def _until_other_names(self, text: str) -> tuple[str, str]:
        """The rows up to a line that names other columns, as a changed job writes; and the rest."""
        mark = f"\n{self._header[0]}{self._separator}" if self._header else ""
        at = f"\n{text}".find(mark) if mark else -1
        while at >= 0:
            row = next(self._cells([text[at:].partition("\n")[0]]), [])
            if row != self._header and begins_anew(row, self._header):
                return text[:at], text[at:]
            at = text.find(mark, at) + 1 or -1
        return text, ""

    def _rows_of(self, text: str) -> Rows:
        columns = self._at_once(text) or self._one_by_one(text)
        if not text.isascii() or "_" in text:
            # Python reads these as numbers, and nobody else does.
            columns = [[_plain(cell) for cell in column] for column in columns]
        return dict(zip(self._names, columns, strict=False))

    def _begin(self, text: str) -> str:
        """Take the names; what follows them."""
        text = text.lstrip("\n")
        top, _, rest = text.partition("\n")
        if not top:
            return ""
        self._separator = self._separator or (";" if top.count(";") > top.count(",") else ",")
        # A line that csv can't read, such as one with an endless name, still has columns.
        first = next(self._cells([top]), None) or top.split(self._separator)
        self.is_wide |= len(first) > COLUMNS
        self._width = len(first)
        if not has_names(first):
            self._names = [str(number + 1) for number in range(len(first))][:COLUMNS]
            return text
        self._header = first
        names = (one_line(name.strip())[:LONGEST_NAME] for name in first[:COLUMNS])
        self._names = told_apart(names)
        return rest

    def _at_once(self, text: str) -> list[Cells] | None:
        """The columns, where all rows are as long as the first and nothing is quoted."""
        if '"' in text or not text.endswith("\n"):
            return None
        lines = text[:-1].split("\n")
        width = self._width
        if {line.count(self._separator) for line in lines} != {width - 1}:
            return None
        if self._header and self._separator.join(self._header) in lines:
            return None
        cells = text[:-1].replace("\n", self._separator).split(self._separator)
        return [cells[at::width] for at in range(len(self._names))]

    def _one_by_one(self, text: str) -> list[Cells]:
        found = []
        for row in self._cells(text.splitlines()):
            # A job that begins again may write the names again.
            if row and row != self._header:
                self.unreadable += len(row) > self._width
                found.append([*row, *[NOTHING] * len(self._names)])
        return [[row[at] for row in found] for at in range(len(self._names))]

    def _cells(self, lines: list[str]) -> Iterator[list[str]]:
        """The cells of each row; a line that can't be read is passed over."""
        reader, good = csv.reader(lines, delimiter=self._separator), 0
        while True:
            try:
                for row in reader:
                    good = reader.line_num
                    yield row
            except csv.Error:
                self.unreadable += reader.line_num - good
                good = reader.line_num
            else:
                return


def _joined(parts: Sequence[Rows]) -> Rows:
    """Rows below each other, of which not all have the same columns."""
    if len(parts) == 1:
        return parts[0]
    found: dict[str, list[Any]] = {name: [] for part in parts for name in part}
    for part in parts:
        nothing = [NOTHING] * len(next(iter(part.values()), ()))
        for name, column in found.items():
            column.extend(part.get(name, nothing))
    return found


def _plain(cell: str) -> str:
    return cell if cell.isascii() and "_" not in cell else NO_NUMBER
