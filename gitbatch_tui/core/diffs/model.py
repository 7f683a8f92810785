"""The lines that show a change: one form for text, notebooks, tables and bare facts."""

from __future__ import annotations

from enum import StrEnum
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from gitbatch_tui.core.base.encoding import decoded
from gitbatch_tui.core.base.format import plural
from gitbatch_tui.core.base.text import clean

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

UPPER_HALF = "\N{UPPER HALF BLOCK}"
LINES = 20_000
"""Lines of one page; what is beyond is counted and named."""
WIDTH = 4_000
"""Bytes of one line; likewise."""
# The bytes of a character in UTF-8, but for its first.
_INSIDE = range(0x80, 0xC0)
_FIRST = 500


class Kind(StrEnum):
    """How a line, or a part of one, takes part in the change."""

    SAME = "same"
    ADDED = "added"
    DELETED = "deleted"
    CHANGED = "changed"
    """A row of a table that has changed cells."""
    HUNK = "hunk"
    """Git's line before lines that belong together."""
    HEADING = "heading"
    NOTE = "note"
    """Our words, not the file's."""


class Mark(NamedTuple):
    """A part of a line that is of another kind than the rest."""

    start: int
    end: int
    kind: Kind


Rgb = tuple[int, int, int]
TwoPixels = tuple[Rgb, Rgb]
"""The colours of the upper and the lower half of a character cell."""


class DiffLine(NamedTuple):
    """One line of a page, harmless."""

    kind: Kind
    text: str
    old: int = 0
    """The number of the line before the change; 0: it has none."""
    new: int = 0
    language: str = ""
    """What pygments calls it, or a name of a file that is in it; empty: no colours."""
    marks: tuple[Mark, ...] = ()
    cells: tuple[TwoPixels, ...] = ()
    """A row of a picture; `text` is as many upper half blocks."""


def note(text: str) -> DiffLine:
    """A line in our own words."""
    return DiffLine(Kind.NOTE, text)


def skipped(count: int, noun: str) -> Iterator[DiffLine]:
    """A line for so many things that are the same on both sides, and aren't shown; none for 0."""
    if count:
        yield DiffLine(Kind.HUNK, f"⋯ {plural(count, noun)} alike")


def more_lines(count: int, command: str) -> DiffLine:
    """The line that stands for those that aren't shown."""
    return note(f"… {count:,} more {'line' if count == 1 else 'lines'} ({command} shows all)")


def limited(data: bytes, missing: int = 0) -> tuple[str, int]:
    """A line's text of at most `WIDTH` bytes, and how many bytes that leaves out."""
    if len(data) <= WIDTH:
        return _text(data), missing
    end = WIDTH
    while end > WIDTH - 3 and data[end] in _INSIDE:
        end -= 1
    return _text(data[:end]), missing + len(data) - end


def _text(data: bytes) -> str:
    """Decode a line in UTF-8, or else in Latin-1, as old instruments write it."""
    for read in (bytes.decode, decoded):
        try:
            return clean(read(data))
        except ValueError:
            continue
    return clean(data)


def bounded(lines: Iterable[DiffLine], command: str) -> Iterator[DiffLine]:
    """At most `LINES` of them, then how many more there are."""
    rest = iter(lines)
    yield from islice(rest, LINES)
    if count := sum(1 for _ in rest):
        yield more_lines(count, command)


def in_parts(lines: Iterable[DiffLine]) -> Iterator[list[DiffLine]]:
    """A screenful soon, then the rest."""
    rest = iter(lines)
    if first := list(islice(rest, _FIRST)):
        yield first
    if others := list(rest):
        yield others
