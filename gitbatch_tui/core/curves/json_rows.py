"""Cuts what a job appends to a file of metrics into rows: a JSON object a line, or one document."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from gitbatch_tui.core.base.text import one_line
from gitbatch_tui.core.curves.rows import COLUMNS, LONGEST_NAME, NO_NUMBER, NOTHING, LineParser

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gitbatch_tui.core.curves.rows import Rows

_DOCUMENT = 8 * 2**20
"""Bytes of a JSON document that isn't one of lines."""


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


def _read(text: str) -> Any:
    """The value of a JSON text; None where it is none."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None
