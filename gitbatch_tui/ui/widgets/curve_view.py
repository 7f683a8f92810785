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
from gitbatch_tui.core.curves.picture import CurveStyle, Line, draw
from gitbatch_tui.core.runs.parameters import shortened

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.geometry import Size

    from gitbatch_tui.core.curves.curve import Curve

_VALUES_ALONE = 4
"""The last way in which an entry is written."""
_VALUE = 13
"""Cells for its colour and its newest value."""


class CurveView(Widget):
    """Curves over one axis, drawn anew when they, the size or the style have changed."""

    def __init__(self) -> None:
        super().__init__()
        self._curves: Sequence[Curve] = ()
        self._curve_style = CurveStyle()
        self._hint = ""
        self._hints: list[str] = []
        """The hint as lines that have room."""
        self._lines: list[Line] = []

    def show(self, curves: Sequence[Curve], style: CurveStyle, hint: str) -> None:
        """Draw these; where there is nothing to draw, say the hint."""
        self._curves, self._curve_style, self._hint = curves, style, hint
        self._draw()

    def on_resize(self) -> None:
        self._draw()

    @property
    def is_drawn(self) -> bool:
        """Tell whether there is a picture, and not only a hint."""
        return bool(self._lines)

    def _draw(self) -> None:
        self._lines = draw(self._curves, *self.content_size, self._curve_style)
        room = max(self.content_size.width - 2, 1)
        self._hints = [line.plain for line in Content(one_line(self._hint)).wrap(room)]
        self.refresh()

    def render_line(self, y: int) -> Strip:
        base = self.rich_style
        if y < len(self._lines):
            segments = [Segment(text, base + _style(owner)) for owner, text in self._lines[y]]
        else:
            hint = self._hints[y] if y < len(self._hints) and not self._lines else ""
            segments = [Segment(f" {hint}", base + _style(NOBODY))]
        return Strip(segments).adjust_cell_length(self.content_size.width, base)


@dataclass(frozen=True)
class LegendEntry:
    """A curve in the legend; texts may come from outside."""

    name: str
    words: str
    value: str

    @property
    def parts(self) -> list[tuple[str, str, str]]:
        """Name, sign and value of each parameter."""
        return [word.partition("=") for word in self.words.split()]

    def ways(self, names: Sequence[str]) -> tuple[str, ...]:
        """The run with what tells it apart, in ever fewer letters, at last without these names."""
        if not self.words:
            return (one_line(self.name),)
        number = self.name.rpartition("#")[2]
        short = [shortened(names, least) for least in (3, 1)]
        brief = [
            " ".join(f"{letters.get(name, name)}{sign}{value}" for name, sign, value in self.parts)
            for letters in short
        ]
        values = " ".join(value or name for name, _, value in self.parts)
        words = [f"{self.name} {self.words}"]
        words += [f"{number} {each}" for each in (self.words, *brief, values)]
        return tuple(map(one_line, words))


class Legend(Static):
    """Which curve is whose, and its newest value."""

    def __init__(self) -> None:
        super().__init__()
        self._entries: Sequence[LegendEntry] = ()

    def show(self, entries: Sequence[LegendEntry]) -> None:
        """List these, as far as there is room."""
        self._entries = entries
        self._list()

    def on_resize(self) -> None:
        self._list()

    def get_content_width(self, container: Size, viewport: Size) -> int:
        """The cells that entries with all their names take; its style says how many at most."""
        del container, viewport
        words = [entry.ways(self._names)[:2][-1] for entry in self._entries]
        return max(map(cell_len, words), default=0) + _VALUE

    @property
    def _names(self) -> list[str]:
        """The parameters that tell the runs apart."""
        return list(dict.fromkeys(name for entry in self._entries for name, _, _ in entry.parts))

    def _list(self) -> None:
        entries, names = self._entries, self._names
        width, height = self.content_size
        ways = [entry.ways(names) for entry in entries]
        # All in the same way, so that they can be compared.
        way = max(map(_first_fitting, ways, [_room(each, width) for each in entries]), default=0)
        head = _head(names, width - 5) if way == _VALUES_ALONE else []
        room = height - len(head)
        shown = entries if len(entries) <= room else entries[: room - 1]
        lines = [
            _line(at, entry, own[min(way, len(own) - 1)], width)
            for at, (entry, own) in enumerate(zip(shown, ways, strict=False))
        ]
        if len(shown) < len(entries):
            lines.append(Content.styled(f"and {len(entries) - len(shown)} more", "dim"))
        self.update(Content("\n").join([*head, *lines]))


def _first_fitting(ways: Sequence[str], room: int) -> int:
    """The first of the ways that there is room for, or the last."""
    fitting = (at for at, words in enumerate(ways) if cell_len(words) <= room)
    return next(fitting, len(ways) - 1)


def _head(names: Sequence[str], room: int) -> list[Content]:
    """Above values alone, the names of what they are."""
    heads = (" ".join(shortened(names, least).values()) for least in (len(max(names)), 3, 1))
    fitting = (head for head in map(one_line, heads) if cell_len(head) <= room)
    return [Content.styled(f"   # {head}", "dim") for head in [next(fitting, "")] if head]


def _line(at: int, entry: LegendEntry, words: str, width: int) -> Content:
    return Content.assemble(
        ("━━ ", colour(at)),
        Content(words).truncate(_room(entry, width), ellipsis=True, pad=True),
        " ",
        (entry.value, "bold"),
    )


def _room(entry: LegendEntry, width: int) -> int:
    return max(0, width - len(entry.value) - 4)


def _style(owner: int) -> Style:
    return Style(dim=True) if owner == NOBODY else Style(color=colour(owner))
