"""Lays lines out as rows of a window."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import accumulate
from typing import TYPE_CHECKING, NamedTuple

from gitbatch_tui.core.logs.ansi import NOTE, StyledText

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from gitbatch_tui.core.logs.display_line import DisplayLine


class Cells(NamedTuple):
    """Measures how wide text is on the screen; only who draws it knows."""

    width: Callable[[str], int]
    chop: Callable[[str, int], Sequence[str]]
    """Cuts a text into pieces of at most so many cells."""


@dataclass(frozen=True)
class ScreenRow:
    """One row: a whole line, or a piece of one that is wrapped."""

    start: int
    """The offset of its line."""
    spans: tuple[StyledText, ...]
    more: str = ""
    """What is to stay in sight at the right, whatever the shift."""

    @property
    def text(self) -> str:
        return "".join(span.text for span in self.spans)

    @property
    def has_hit(self) -> bool:
        return any(span.look.hit for span in self.spans)

    def hit_columns(self, cells: Cells) -> tuple[int, int]:
        """The columns where the first hit starts and ends; the row's start where there is none."""
        column = 0
        for text, look in self.spans:
            width = cells.width(text)
            if look.hit:
                return column, column + width
            column += width
        return 0, 0


def rows_of(line: DisplayLine, width: int, cells: Cells) -> list[ScreenRow]:
    """The rows of a line, `width` cells wide; one, of any width, where that is 0."""
    before = (StyledText(line.before, NOTE),) if line.before else ()
    spans = (*before, *line.spans)
    if width == 0:
        return [ScreenRow(line.start, spans, line.after)]
    after = (StyledText(line.after, NOTE),) if line.after else ()
    return [ScreenRow(line.start, piece) for piece in _wrapped((*spans, *after), width, cells)]


def _wrapped(
    spans: tuple[StyledText, ...], width: int, cells: Cells
) -> Iterator[tuple[StyledText, ...]]:
    text = "".join(span.text for span in spans)
    pieces = _chopped(text, width, cells)
    ends = list(accumulate(map(len, pieces)))
    for end, piece in zip(ends, pieces, strict=True):
        yield tuple(_slice(spans, end - len(piece), end))


def _chopped(text: str, width: int, cells: Cells) -> Sequence[str]:
    if text.isascii():
        return [text[at : at + width] for at in range(0, len(text), width)] or [""]
    return cells.chop(text, width) or [""]


def _slice(spans: tuple[StyledText, ...], low: int, high: int) -> Iterator[StyledText]:
    at = 0
    for text, look in spans:
        piece = text[max(0, low - at) : max(0, high - at)]
        if piece:
            yield StyledText(piece, look)
        at += len(text)
