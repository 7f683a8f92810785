"""Draws a row of a log: with its own colours, and our notes set apart from the log's words."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from rich.cells import cell_len, chop_cells
from rich.color import Color
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from gitbatch_tui.core.logs.layout import Cells

if TYPE_CHECKING:
    from gitbatch_tui.core.logs.ansi import AnsiColour, TextStyle
    from gitbatch_tui.core.logs.layout import ScreenRow

CELLS = Cells(cell_len, chop_cells)
BEYOND = "…"
"""In the last column of a row that goes on to the right."""


class Tones(NamedTuple):
    """Styles of the theme for a log's rows."""

    base: Style
    note: Style
    match: Style
    hit: Style

    def of(self, look: TextStyle) -> Style:
        if look.note:
            return self.base + self.note
        style = self.base + _style(look)
        if look.match:
            style += self.hit if look.hit else self.match
        return style


def strip_of(row: ScreenRow, column: int, width: int, tones: Tones) -> Strip:
    """A row from a column on, exactly `width` cells wide."""
    whole = Strip([Segment(text, tones.of(look)) for text, look in row.spans])
    end = column + width
    more = row.more
    if not more and whole.cell_length > end:
        more = BEYOND
    shown = whole.crop(column, max(column, end - cell_len(more)))
    note = Strip([Segment(more, tones.base + tones.note)] if more else [])
    return Strip.join([shown, note]).adjust_cell_length(width, tones.base)


@lru_cache(maxsize=1024)
def _style(look: TextStyle) -> Style:
    return Style(
        color=_colour(look.colour),
        bgcolor=_colour(look.ground),
        bold=look.bold or None,
        dim=look.dim or None,
        italic=look.italic or None,
        underline=look.underline or None,
        reverse=look.reverse or None,
        strike=look.strike or None,
    )


def _colour(colour: AnsiColour) -> Color | None:
    if colour is None:
        return None
    return Color.from_ansi(colour) if isinstance(colour, int) else Color.from_rgb(*colour)
