"""Draws a list: the lines that are visible and nothing else.

Ten thousand rows so cost what forty do. Every cell is cleaned where it is drawn.
"""

from __future__ import annotations

from collections.abc import Mapping
from textwrap import wrap
from typing import TYPE_CHECKING, ClassVar, Generic, NamedTuple, TypeVar

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from rich.style import Style
from textual.geometry import Region, Size
from textual.scroll_view import ScrollView
from textual.strip import Strip

from gitbatch_tui.core.base.text import one_line
from gitbatch_tui.ui.widgets.list_model import GAP, Cell, Fitted, fit

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.css.styles import RenderStyles

    from gitbatch_tui.ui.widgets.list_model import ListModel

T = TypeVar("T")


def hint_line(hint: str, number: int, width: int) -> str:
    """A line of a sentence that stands where there is no row; it is broken, as nothing is cut."""
    lines = wrap(hint, max(1, width - 2))
    return lines[number] if number < len(lines) else ""


class Line(NamedTuple):
    """Mark and cells of a line, and which kind it is of."""

    kind: str
    """`header`, `cursor`, or nothing."""
    mark: str
    cells: Sequence[Cell]


_EMPTY = Line("", "", [Cell(" ", "dim")])


class ListView(ScrollView, Generic[T]):
    """Draw the rows of a model that are visible."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "rows--header",
        "rows--cursor",
        "rows--mark",
        *(f"tone--{tone}" for tone in "dim bold good bad busy warn accent".split()),
    }

    def __init__(self, model: ListModel[T], *, header: bool, id: str) -> None:  # noqa: A002  # textual's name
        super().__init__(id=id)
        self.model = model
        self._above = 1 if header else 0
        self._styles_of: dict[str, Style] = {}
        self._fits: tuple[object, int, Fitted] = (None, 0, [])
        self._drawn: dict[int, Line] = {}

    def notify_style_update(self) -> None:
        super().notify_style_update()
        self._styles_of.clear()

    @property
    def _visible(self) -> int:
        """Lines for rows."""
        return self.scrollable_content_region.height - self._above

    def _resize(self) -> None:
        self.virtual_size = Size(0, len(self.model.shown) + self._above)

    @property
    def fitted(self) -> Fitted:
        """The columns for which there is room, and their widths."""
        columns, width = self.model.adapter.columns, self.scrollable_content_region.width
        if self._fits[:2] != (columns, width):
            self._fits = (columns, width, fit(columns, width))
        return self._fits[2]

    def column_at(self, x: int) -> str:
        """The key of the column in that cell of a line; empty where there is none."""
        end = 1
        for column, width in self.fitted:
            end += width + GAP
            if x < end:
                return column.key
        return ""

    def _reveal(self) -> None:
        top, cursor = self.scroll_offset.y, self.model.cursor
        if cursor < top:
            self.scroll_to(y=cursor, animate=False, force=True)
        elif cursor >= top + self._visible:
            self.scroll_to(y=cursor - self._visible + 1, animate=False, force=True)

    @property
    def drawn(self) -> list[T]:
        """The rows that are to be seen."""
        top = self.scroll_offset.y
        return list(self.model.shown[top : top + self._visible])

    def refresh_changed(self) -> None:
        """Draw again only those lines that are others by now."""
        width, height = self.scrollable_content_region.size
        for y in range(height):
            if self._drawn.get(y) != self._line(y):
                self.refresh(Region(0, y, width, 1))

    def render_line(self, y: int) -> Strip:
        line = self._drawn[y] = self._line(y)
        base = self.rich_style
        style = base + self._style(f"rows--{line.kind}") if line.kind else base
        segments = [Segment(cell.text, self._tone(cell.tone, style)) for cell in line.cells]
        if line.mark:
            segments.insert(0, Segment(line.mark, style + self._style("rows--mark")))
        rest = style if line.kind == "cursor" else base
        strip, width = Strip(segments), self.scrollable_content_region.width
        if strip.cell_length > width > 0:
            strip = Strip.join([strip.crop(0, width - 1), Strip([Segment("…", rest)])])
        return strip.adjust_cell_length(width, rest)

    def _line(self, y: int) -> Line:
        """Put together what is to be seen in that line."""
        index = self.scroll_offset.y + y - self._above
        if y < self._above:
            return Line("header", "", self._header())
        if index < len(self.model.shown):
            is_marked = self.model.is_marked(self.model.shown[index])
            kind = "cursor" if index == self.model.cursor else ""
            return Line(kind, "┃" if is_marked else " ", self._cells(index))
        if self.model.shown:
            return _EMPTY
        width = self.scrollable_content_region.width
        hint = hint_line(self.model.hint, y - self._above, width)
        return Line("", "", [Cell(f" {hint}", "dim")])

    def _header(self) -> list[Cell]:
        cells = [Cell(" ")]
        arrow = "↓" if self.model.reverse else "↑"
        for column, width in self.fitted:
            title = column.title
            if column.key and column.key == self.model.column:
                # Of a narrow column, the title is cut rather than the arrow.
                size = min(cell_len(title), width - 1)
                title = f"{set_cell_size(title, size)}{arrow}"
            cells.append(Cell(column.place(title, width)))
        return cells

    def _cells(self, index: int) -> list[Cell]:
        """The row's cells, cleaned, each as wide as its column."""
        cells = self.model.adapter.cells(self.model.shown[index])
        if not isinstance(cells, Mapping):
            return list(cells)
        return [
            Cell(column.place(one_line(cells[column.key].text), width), cells[column.key].tone)
            for column, width in self.fitted
        ]

    def _tone(self, tone: str, base: Style) -> Style:
        return base + self._style(f"tone--{tone}") if tone else base

    def _style(self, name: str) -> Style:
        if name not in self._styles_of:
            self._styles_of[name] = self._blended(self.get_component_styles(name))
        return self._styles_of[name]

    def _blended(self, styles: RenderStyles) -> Style:
        """Return a style in which colours that shine through are mixed with those below."""
        below = self.background_colors[1]
        over = styles.background
        background = below + over
        color = background.get_contrast_text(styles.color.a) if styles.auto_color else styles.color
        return styles.text_style + Style(
            color=(background + color).rich_color if styles.has_rule("color") else None,
            bgcolor=background.rich_color if over.a else None,
        )
