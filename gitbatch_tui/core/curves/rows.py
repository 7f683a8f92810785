"""Cuts what a job appends to a file of metrics into rows: CSV, TSV, or a JSON object a line."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Protocol

from gitbatch_tui.core.base import bounds
from gitbatch_tui.core.base.text import one_line
from gitbatch_tui.core.diffs.table import begins_anew, has_names

Cells = Sequence[Any]
"""Texts of a table, or values of JSON; `NOTHING` where a row has none."""
Rows = Mapping[str, Cells]
"""Some rows, by the names of their columns; all columns have as many cells."""
NOTHING = ""
NO_NUMBER = "?"
COLUMNS = 200
"""As many columns as a file may have."""
LONGEST_NAME = 80
_DOCUMENT = 8 * 2**20
"""Bytes of a JSON document that isn't one of lines."""


class Parser(Protocol):
    """Takes the bytes of a file as they come."""

    unreadable: int
    """Parts, such as lines, that are no rows, or not all of which is one."""
    is_wide: bool
    """Whether there was no room for some columns."""
    trouble: str
    """Why nothing more can be read; empty while more can."""

    def feed(self, data: bytes) -> Rows:
        """The rows that are whole now."""
        ...

    def finish(self) -> Rows:
        """The rows in what is left, when nothing more will come."""
        ...


class LineParser:
    """Cuts bytes into lines."""

    def __init__(self) -> None:
        self._pending = b""
        self.unreadable = 0
        self.is_wide = False
        self.trouble = ""

    def feed(self, data: bytes) -> Rows:
        whole, newline, self._pending = (self._pending + data).rpartition(b"\n")
        if len(self._pending) > bounds.LINE:
            self._pending = b""
            self.trouble = f"the next line has more than {bounds.LINE >> 20} MB"
        # A mark of the byte order belongs to no name.
        text = (whole + newline).decode("utf-8", "replace").removeprefix("\ufeff")
        return self.rows(text) if newline else {}

    def finish(self) -> Rows:
        return self.feed(b"\n") if self._pending else {}

    def rows(self, text: str) -> Rows:
        """The rows in some lines, each with its end."""
        raise NotImplementedError


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
        self._names = told_apart(first[:COLUMNS])
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


class JsonParser(LineParser):
    """A JSON object a line, those in it as `a.b`; or one object, or a list of them, as a whole."""

    def __init__(self) -> None:
        super().__init__()
        self._names: dict[str, str] = {}
        """Those of columns, by the keys that they have in the file."""
        self._document: str | None = ""
        """What came, as long as it may yet be one document."""

    def rows(self, text: str) -> Rows:
        if self._document is not None:
            text = self._document + text
            if not self._are_lines(text):
                return self._of_document(text)
            self._document = None
        lines = [line for line in text.split("\n") if line.strip()]
        together = _read(f"[{','.join(lines)}]")
        is_sound = isinstance(together, list) and len(together) == len(lines)
        return self._columns(together if is_sound else [_read(line) for line in lines])

    def _are_lines(self, text: str) -> bool:
        return len(text) > _DOCUMENT or any(
            isinstance(_read(line), dict) for line in text.split("\n")
        )

    def _of_document(self, text: str) -> Rows:
        whole = _read(text)
        self._document = text if whole is None else ""
        return self._columns(whole) if isinstance(whole, list) else self._columns([whole or {}])

    def _columns(self, objects: Sequence[Any]) -> Rows:
        rows: list[dict[str, Any]] = []
        for each in objects:
            if isinstance(each, dict):
                rows.append({})
                self._flatten(each, "", rows[-1])
            else:
                self.unreadable += 1
        names = dict.fromkeys(name for row in rows for name in row)
        return {name: [row.get(name, NOTHING) for row in rows] for name in names}

    def _flatten(self, inner: dict[str, Any], above: str, row: dict[str, Any]) -> None:
        for key, value in inner.items():
            name = self._named(above + key)
            if isinstance(value, dict):
                self._flatten(value, f"{above}{key}.", row)
            elif name and not isinstance(value, list):
                row[name] = NO_NUMBER if isinstance(value, str | bool) else value

    def _named(self, key: str) -> str:
        """The name of a column; empty where there is no room for another."""
        if key not in self._names:
            if len(self._names) >= COLUMNS:
                self.is_wide = True
                return ""
            self._names[key] = one_line(key)[:LONGEST_NAME]
        return self._names[key]


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


def _read(text: str) -> Any:
    """The value of a JSON text; None where it is none."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _plain(cell: str) -> str:
    return cell if cell.isascii() and "_" not in cell else NO_NUMBER


def told_apart(names: Sequence[str]) -> list[str]:
    """Names of columns, harmless and short, each only once."""
    seen: dict[str, None] = {}
    for name in names:
        clean = one_line(name.strip())[:LONGEST_NAME]
        number = 2
        while (other := clean if clean not in seen else f"{clean} ({number})") in seen:
            number += 1
        seen[other] = None
    return list(seen)
