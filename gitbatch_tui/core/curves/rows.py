"""Rows of metrics, and what every parser of them has."""

from __future__ import annotations

import codecs
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from gitbatch_tui.core.base import bounds
from gitbatch_tui.core.base.encoding import UTF_16

Cells = Sequence[Any]
"""Texts of a table, or values of JSON; `NOTHING` where a row has none."""
Rows = Mapping[str, Cells]
"""Some rows, by the names of their columns; all columns have as many cells."""
NOTHING = ""
NO_NUMBER = "?"
COLUMNS = 200
"""As many columns as a file may have."""
LONGEST_NAME = 80


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
        self._wide: codecs.IncrementalDecoder | None = None
        """What reads a file in UTF-16."""
        self._has_begun = False
        self.unreadable = 0
        self.is_wide = False
        self.trouble = ""

    def feed(self, data: bytes) -> Rows:
        if data and not self._has_begun:
            self._has_begun = True
            if data.startswith(UTF_16):
                self._wide = codecs.getincrementaldecoder("utf-16")("replace")
        return self._cut(self._wide.decode(data).encode("utf-8") if self._wide else data)

    def _cut(self, data: bytes) -> Rows:
        whole, newline, self._pending = (self._pending + data).rpartition(b"\n")
        if len(self._pending) > bounds.LINE:
            self._pending = b""
            self.trouble = f"the next line has more than {bounds.LINE >> 20} MB"
        # A mark of the byte order belongs to no name.
        text = (whole + newline).decode("utf-8", "replace").removeprefix("\ufeff")
        return self.rows(text) if newline else {}

    def finish(self) -> Rows:
        return self._cut(b"\n") if self._pending else {}

    def rows(self, text: str) -> Rows:
        """The rows in some lines, each with its end."""
        raise NotImplementedError
