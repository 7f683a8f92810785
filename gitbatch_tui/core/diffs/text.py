"""Reads git's patch of one file while git is still writing it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from gitbatch_tui.core.diffs.model import (
    LINES,
    WIDTH,
    DiffLine,
    Kind,
    Mark,
    limited,
    more_lines,
    note,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_HUNK = re.compile(rb"@@ -(\d+)(?:,\d+)? \+(\d+)(?:,\d+)? @@")
_KINDS = {b" ": Kind.SAME, b"": Kind.SAME, b"-": Kind.DELETED, b"+": Kind.ADDED}


def patch_lines(chunks: Iterable[bytes], language: str, command: str) -> Iterator[DiffLine]:
    """The lines of the hunks, at most `LINES` of them, numbered; `command` shows the others."""
    old = new = shown = 0
    source = _Lines(chunks)
    for data, missing in source:
        if shown == LINES:
            yield more_lines(1 + source.count_the_rest(), command)
            return
        if hunk := _HUNK.match(data):
            old, new = int(hunk[1]), int(hunk[2])
            yield DiffLine(Kind.HUNK, limited(data)[0])
        elif data[:1] == b"\\":
            yield note("no newline at the end of the file")
        elif old == new == 0 or data[:1] not in _KINDS:
            old = new = 0  # git's lines before the hunks
            continue
        else:
            kind = _KINDS[data[:1]]
            here, there = kind != Kind.ADDED, kind != Kind.DELETED
            line = DiffLine(kind, "", old * here, new * there, language)
            yield with_text(line, *limited(data[1:], missing))
            old, new = old + here, new + there
        shown += 1


def with_text(line: DiffLine, text: str, missing: int) -> DiffLine:
    """The line with its text, and with how many bytes of that were left out."""
    if not missing:
        return line._replace(text=text)
    rest = f" … {missing:,} more bytes"
    mark = Mark(len(text), len(text) + len(rest), Kind.NOTE)
    return line._replace(text=text + rest, language="", marks=(mark,))


class _Lines:
    """Lines without their ends, and how many bytes of a monstrous one were left out."""

    def __init__(self, chunks: Iterable[bytes]) -> None:
        self._chunks = iter(chunks)
        self._pieces: list[bytes] = []
        self._pending, self._missing = b"", 0

    def __iter__(self) -> Iterator[tuple[bytes, int]]:
        for chunk in self._chunks:
            self._pieces = chunk.split(b"\n")[::-1]
            while len(self._pieces) > 1:
                self._add(self._pieces.pop())
                yield self._take()
            self._add(self._pieces.pop())
        if self._pending:
            yield self._take()

    def count_the_rest(self) -> int:
        """Count the lines that were not asked for."""
        ends = max(0, len(self._pieces) - 1)
        last = self._pieces[0] if self._pieces else self._pending
        for chunk in self._chunks:
            ends += chunk.count(b"\n")
            last = chunk[chunk.rfind(b"\n") + 1 :]
        return ends + bool(last)

    def _add(self, piece: bytes) -> None:
        room = WIDTH + 5 - len(self._pending)  # the sign, and a character that is cut
        self._pending += piece[:room]
        self._missing += max(0, len(piece) - room)

    def _take(self) -> tuple[bytes, int]:
        taken = self._pending, self._missing
        self._pending, self._missing = b"", 0
        return taken
