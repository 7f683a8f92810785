"""Draws curves with their axes, and a legend beside them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.content import Content
from textual.strip import Strip
from textual.widget import Widget
from textual.widgets import Static

from gitbatch_tui.core.base.text import one_line
from gitbatch_tui.core.curves.braille import NOBODY
from gitbatch_tui.core.curves.curve import colour
from gitbatch_tui.core.curves.picture import Line, Look, draw

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gitbatch_tui.core.curves.curve import Curve


class CurveView(Widget):
    """Curves over one axis, drawn anew when they, the size or the look have changed."""

    def __init__(self) -> None:
        super().__init__()
        self._curves: Sequence[Curve] = ()
        self._look = Look()
        self._hint = ""
        self._lines: list[Line] = []

    def show(self, curves: Sequence[Curve], look: Look, hint: str) -> None:
        """Draw these; where there is nothing to draw, say the hint."""
        self._curves, self._look, self._hint = curves, look, hint
        self._draw()

    def on_resize(self) -> None:
        self._draw()

    @property
    def is_drawn(self) -> bool:
        """Tell whether there is a picture, and not only a hint."""
        return bool(self._lines)

    def _draw(self) -> None:
        self._lines = draw(self._curves, *self.content_size, self._look)
        self.refresh()

    def render_line(self, y: int) -> Strip:
        base = self.rich_style
        if y < len(self._lines):
            segments = [Segment(text, base + _style(owner)) for owner, text in self._lines[y]]
        else:
            hint = f" {one_line(self._hint)}" if not (y or self._lines) else ""
            segments = [Segment(hint, base + _style(NOBODY))]
        return Strip(segments).adjust_cell_length(self.content_size.width, base)


@dataclass(frozen=True)
class Entry:
    """A curve in the legend; texts may come from outside."""

    name: str
    words: str
    value: str

    @property
    def ways(self) -> tuple[str, ...]:
        """The run with what tells it apart, in ever fewer words: all begin with the same names."""
        if not self.words:
            return (one_line(self.name),)
        number = self.name.rpartition("#")[2]
        values = " ".join(word.partition("=")[2] or word for word in self.words.split())
        longest = (f"{self.name} {self.words}", f"{number} {self.words}", f"{number} {values}")
        return tuple(map(one_line, longest))


class Legend(Static):
    """Which curve is whose, and its newest value."""

    def __init__(self) -> None:
        super().__init__()
        self._entries: Sequence[Entry] = ()

    def show(self, entries: Sequence[Entry]) -> None:
        """List these, as far as there is room."""
        self._entries = entries
        self._list()

    def on_resize(self) -> None:
        self._list()

    def _list(self) -> None:
        entries = self._entries
        width, height = self.content_size
        shown = entries if len(entries) <= height else entries[: height - 1]
        # All in the same way, so that they can be compared.
        way = max((self._way(entry, width) for entry in shown), default=0)
        lines = [self._line(at, entry, way, width) for at, entry in enumerate(shown)]
        if len(shown) < len(entries):
            lines.append(Content.styled(f"and {len(entries) - len(shown)} more", "dim"))
        self.update(Content("\n").join(lines))

    def _way(self, entry: Entry, width: int) -> int:
        """The first of the ways that there is room for, or the last."""
        room = _room(entry, width)
        fitting = (at for at, words in enumerate(entry.ways) if cell_len(words) <= room)
        return next(fitting, len(entry.ways) - 1)

    def _line(self, at: int, entry: Entry, way: int, width: int) -> Content:
        words = entry.ways[min(way, len(entry.ways) - 1)]
        return Content.assemble(
            ("━━ ", colour(at)),
            Content(words).truncate(_room(entry, width), ellipsis=True, pad=True),
            " ",
            (entry.value, "bold"),
        )


def _room(entry: Entry, width: int) -> int:
    return max(0, width - len(entry.value) - 4)


def _style(owner: int) -> Style:
    return Style(dim=True) if owner == NOBODY else Style(color=colour(owner))
