"""Draws a list: the lines that are visible and nothing else.

Ten thousand rows so cost what forty do. Every cell is cleaned where it is drawn.
"""

from __future__ import annotations

from collections.abc import Mapping
from textwrap import wrap
from typing import TYPE_CHECKING, ClassVar, Generic, TypeVar

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


class ListView(ScrollView, Generic[T]):
    """Draw the rows of a model that are visible."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "rows--header",
        "rows--cursor",
        "rows--mark",
        *(f"tone--{tone}" for tone in "dim bold good bad busy warn accent".split()),
    }

    def __init__(self, model: ListModel[T], *, header: bool, id: str) -> None:  # noqa: A002
        super().__init__(id=id)
        self.model = model
        self._above = 1 if header else 0
        self._styles_of: dict[str, Style] = {}
        self._fits: tuple[object, int, Fitted] = (None, 0, [])
        self._drawn: dict[int, list[Cell]] = {}

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
        """Draw again only those cells whose text is another one by now, such as ages."""
        for y, before in self._drawn.items():
            index = self.scroll_offset.y + y - self._above
            if index >= len(self.model.shown):
                continue
            x = 1
            for now, cell in zip(self._cells(index), before, strict=False):
                width = cell_len(now.text)
                if now != cell:
                    self.refresh(Region(x, y, width, 1))
                x += width

    def render_line(self, y: int) -> Strip:
        width = self.scrollable_content_region.width
        index = self.scroll_offset.y + y - self._above
        base = self.rich_style
        self._drawn.pop(y, None)
        if y < self._above:
            return self._header().adjust_cell_length(width, base)
        if index >= len(self.model.shown):
            hint = "" if self.model.shown else hint_line(self.model.hint, y - self._above, width)
            text = Segment(f" {hint}", self._tone("dim", base))
            return Strip([text]).adjust_cell_length(width, base)
        self._drawn[y] = cells = self._cells(index)
        return self._row(index, cells).adjust_cell_length(width, base)

    def _header(self) -> Strip:
        style = self.rich_style + self._style("rows--header")
        arrow = "↓" if self.model.reverse else "↑"
        segments = [Segment(" ", style)]
        for column, width in self.fitted:
            title = column.title
            if column.key and column.key == self.model.column:
                # Of a narrow column, the title is cut rather than the arrow.
                size = min(cell_len(title), width - 1)
                title = f"{set_cell_size(title, size)}{arrow}"
            segments.append(Segment(column.place(title, width), style))
        return Strip(segments)

    def _cells(self, index: int) -> list[Cell]:
        """The row's cells, cleaned, each as wide as its column."""
        cells = self.model.adapter.cells(self.model.shown[index])
        if not isinstance(cells, Mapping):
            return list(cells)
        return [
            Cell(column.place(one_line(cells[column.key].text), width), cells[column.key].tone)
            for column, width in self.fitted
        ]

    def _row(self, index: int, cells: Sequence[Cell]) -> Strip:
        at_cursor = index == self.model.cursor
        base = self.rich_style
        if at_cursor:
            base += self._style("rows--cursor")
        mark = "┃" if self.model.is_marked(self.model.shown[index]) else " "
        segments = [Segment(mark, base + self._style("rows--mark"))]
        segments += [Segment(cell.text, self._tone(cell.tone, base)) for cell in cells]
        if at_cursor:
            rest = self.scrollable_content_region.width
            return Strip(segments).adjust_cell_length(rest, base)
        return Strip(segments)

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
