"""A page of a diff: only the lines that are visible are coloured and drawn, whatever its length."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from rich.segment import Segment
from textual.binding import Binding
from textual.cache import LRUCache
from textual.geometry import Size
from textual.scroll_view import ScrollView
from textual.strip import Strip

from gitbatch_tui.core.diffs.model import Kind
from gitbatch_tui.ui.widgets.diff_layout import NOTHING, PageLines, PageRows, Pair, pairs_of
from gitbatch_tui.ui.widgets.diff_style import STYLES, LineStyle, base, strip_of
from gitbatch_tui.ui.widgets.matches import Matches

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from rich.style import Style
    from textual.binding import BindingType

    from gitbatch_tui.core.diffs.model import DiffLine
    from gitbatch_tui.ui.widgets.diff_style import Piece

_MORE = "…"
_BETWEEN = "│"
_FULL_WIDTH = frozenset({Kind.HUNK, Kind.HEADING, Kind.NOTE})
_MARGIN = 4
_LEAST_ROOM = 8


class DiffView(ScrollView, can_focus=True):
    """Lines that were and lines that are, one below the other or side by side."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down,j", "move(1)", "down", show=False),
        Binding("up,k", "move(-1)", "up", show=False),
        Binding("left", "shift(-8)", "to the left", show=False),
        Binding("right", "shift(8)", "to the right", show=False),
        Binding("g,home", "first", "to the first line", show=False),
        Binding("G,end", "last", "to the last line", show=False),
        Binding("pagedown,ctrl+d", "page(1)", "a page down", show=False),
        Binding("pageup,ctrl+u", "page(-1)", "a page up", show=False),
    ]
    COMPONENT_CLASSES: ClassVar[set[str]] = STYLES

    def __init__(self, *, id: str, alone: bool = False) -> None:  # noqa: A002  # textual's name
        """`alone`: there is nothing that it is compared to, so its lines have one number."""
        super().__init__(id=id)
        self.sheet = PageLines()
        self.found = Matches()
        self.wrap = False
        self.beside = False
        """Whether it is asked for; tables are shown in one way only."""
        self.alone = alone
        self._brush = LineStyle(self.sheet)
        self._places = PageRows([], [], 0)
        self._strips: LRUCache[tuple[int, int], Strip] = LRUCache(512)
        self._looks: dict[tuple[str, ...], Style] = {}

    # What is shown

    def show(self, lines: Sequence[DiffLine], *, table: bool = False) -> None:
        """Show another page, from its top."""
        self.sheet = PageLines(table=table)
        self.scroll_to(0, 0, animate=False, force=True)
        self.add(lines)

    def show_again(self, lines: Sequence[DiffLine], *, table: bool = False) -> None:
        """Show the page as it is by now, from where it was looked at."""
        x, y = self.scroll_offset
        self.show(lines, table=table)
        self._go(x, y)

    def add(self, lines: Sequence[DiffLine]) -> None:
        """Add lines to the page that is shown."""
        self.sheet.add(lines)
        self._brush = LineStyle(self.sheet)
        self.found = Matches(self.sheet.texts, self.found.needle)
        self._arrange()

    def set_wrap(self, *, wrap: bool) -> None:
        """Let long lines go on below, or not."""
        self.wrap = wrap
        self._rearrange()

    def set_beside(self, *, beside: bool) -> None:
        """Show old and new side by side, or in one column."""
        self.beside = beside
        self._rearrange()

    # Search

    def find(self, needle: str) -> None:
        """Show where it occurs, first of all from here on; an empty needle is nowhere."""
        self.found = Matches(self.sheet.texts, needle)
        self.find_next(1)

    def find_next(self, step: int) -> None:
        """Go to the next occurrence, or to the one before; after the last comes the first."""
        self._strips.clear()
        self.refresh()
        if hit := self.found.go(self._places.line_at(self.scroll_offset.y), step):
            self._reveal(hit.line, hit.end)

    def _reveal(self, line: int, end: int) -> None:
        left, top = self.scroll_offset
        y, height = self._places.top_of(line), self.size.height
        if not top <= y < top + height - 1:
            self._go(y=max(0, y - height // 3))
        if not self.wrap and not left < end <= left + self._room:
            self._go(x=max(0, end - self._room + _MARGIN))

    # Moving

    def action_move(self, by: int) -> None:
        self._go(y=self.scroll_offset.y + by)

    def action_shift(self, by: int) -> None:
        self._go(x=self.scroll_offset.x + by)

    def action_page(self, pages: int) -> None:
        self.action_move(pages * max(1, self.size.height - 2))

    def action_first(self) -> None:
        self._go(y=0)

    def action_last(self) -> None:
        self._go(y=len(self._places))

    def _go(self, x: int | None = None, y: int | None = None) -> None:
        self.scroll_to(x, y, animate=False, force=True)

    # Where lines are

    @property
    def _is_beside(self) -> bool:
        return self.beside and not self.sheet.table

    @property
    def _width(self) -> int:
        return self.scrollable_content_region.width

    @property
    def _left_side(self) -> int:
        """The cells of the left side, or of both where they aren't apart."""
        return (self._width - len(_BETWEEN)) // 2 if self._is_beside else self._width

    @property
    def _gutter(self) -> int:
        """The cells before a line, for its numbers and its sign."""
        numbers = self.sheet.digits + 1 if self.sheet.digits else 0
        return numbers * (1 if self._is_beside or self.alone else 2) + 2

    @property
    def _room(self) -> int:
        """The cells for the text of a line."""
        return max(_LEAST_ROOM, self._left_side - self._gutter)

    def _arrange(self) -> None:
        rows = pairs_of(self.sheet.lines, beside=self._is_beside)
        self._places = PageRows(rows, self.sheet.texts, self._room if self.wrap else 0)
        hidden = 0 if self.wrap else max(0, self.sheet.width - self._room)
        self.virtual_size = Size(self._width + hidden if hidden else 0, len(self._places))
        self._strips.clear()
        self.refresh()

    def _rearrange(self) -> None:
        """Arrange the lines in another way; the one at the top stays there."""
        line = self._places.line_at(self.scroll_offset.y)
        self._arrange()
        if self.sheet.lines:
            self._go(0 if self.wrap else None, self._places.top_of(line))

    def on_resize(self) -> None:
        self._rearrange()

    def notify_style_update(self) -> None:
        super().notify_style_update()
        self._looks.clear()
        self._strips.clear()

    # Drawing

    def render_line(self, y: int) -> Strip:
        left, top = self.scroll_offset
        row = top + y
        if row >= len(self._places):
            return Strip.blank(self.size.width, self._style())
        if (row, left) not in self._strips:
            place, part = self._places.at(row)
            self._strips[row, left] = self._row(self._places.pairs[place], part)
        return self._strips[row, left]

    def _row(self, pair: Pair, part: int) -> Strip:
        line = self.sheet.lines[max(pair)]
        if not self._is_beside:
            numbers = (line.new,) if self.alone else (line.old, line.new)
            return self._half(pair.new, part, numbers, self._width)
        if line.kind in _FULL_WIDTH:
            return self._half(pair.new, part, (0,), self._width)
        old, new = (self.sheet.lines[index] if index != NOTHING else line for index in pair)
        between = self._strip([(_BETWEEN, ("diff--number",))])
        right = self._width - self._left_side - len(_BETWEEN)
        return Strip.join(
            [
                self._half(pair.old, part, (old.old,), self._left_side),
                between,
                self._half(pair.new, part, (new.new,), right),
            ]
        )

    def _half(self, index: int, part: int, numbers: Sequence[int], width: int) -> Strip:
        """A line, or a part of it, with its numbers and its sign, over the whole width."""
        if index == NOTHING:
            return Strip.blank(width, self._style("diff--nothing"))
        gutter = self._strip(self._brush.gutter(index, numbers, first=part == 0))
        room = width - gutter.cell_length
        style = self._style(base(self.sheet.lines[index]))
        return Strip.join([gutter, self._text(index, part, room).adjust_cell_length(room, style)])

    def _text(self, index: int, part: int, room: int) -> Strip:
        if cells := self.sheet.lines[index].cells:
            return strip_of(cells).crop(0 if self.wrap else self.scroll_offset.x)
        text = self._strip(self._brush.parts(index, self.found.layer(index)))
        if self.wrap:
            cuts = [*self._places.cuts(index), text.cell_length]
            return text.crop(*cuts[part : part + 2]) if part + 1 < len(cuts) else Strip([])
        left = self.scroll_offset.x
        if text.cell_length <= left + room:
            return text.crop(left)
        more = self._strip([(_MORE, (base(self.sheet.lines[index]), "diff--number"))])
        return Strip.join([text.crop(left, left + room - 1), more])

    def _strip(self, pieces: Iterable[Piece]) -> Strip:
        return Strip([Segment(text, self._style(*names)) for text, names in pieces])

    def _style(self, *names: str) -> Style:
        if names not in self._looks:
            self._looks[names] = self.get_visual_style(*names).rich_style
        return self._looks[names]
