"""A list of any length: columns, a cursor that stays with its row, marks, a filter, an order.

It draws the lines that are visible and nothing else, so that ten thousand rows cost what forty do.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Generic, TypeVar

from rich.segment import Segment
from rich.style import Style
from textual.binding import Binding
from textual.content import Content
from textual.geometry import Region, Size
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip

from gitbatch_tui.core.text import one_line
from gitbatch_tui.ui.told import Told
from gitbatch_tui.ui.widgets.columns import Fitted, fit
from gitbatch_tui.ui.widgets.listing import Listed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual import events
    from textual.binding import BindingType
    from textual.css.styles import RenderStyles

    from gitbatch_tui.ui.widgets.listing import Face

T = TypeVar("T")


class Rows(ScrollView, Generic[T], can_focus=True):
    """A list of models, drawn by a `Face`."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down,j", "move(1)", "down", show=False),
        Binding("up,k", "move(-1)", "up", show=False),
        Binding("g,home", "go(0)", "to the first", show=False),
        Binding("G,end", "go(-1)", "to the last", show=False),
        Binding("pagedown,ctrl+d", "page(1)", "a page down", show=False),
        Binding("pageup,ctrl+u", "page(-1)", "a page up", show=False),
        Binding("enter", "open", "open", show=False),
    ]
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "rows--header",
        "rows--cursor",
        "rows--mark",
        *(f"tone--{tone}" for tone in "dim bold good bad busy warn accent".split()),
    }

    filtering: reactive[bool] = reactive(False)
    """Whether keys are being typed into the filter."""

    class Moved(Told):
        """The cursor is on another row, or on none."""

        rows: Rows[object]

    class Opened(Told):
        """Enter was pressed on a row, or it was clicked while the cursor was there."""

        rows: Rows[object]

    def __init__(self, face: Face[T], *, id: str, header: bool = True) -> None:  # noqa: A002
        super().__init__(id=id)
        self.face = face
        self._above = 1 if header else 0
        self.listed = Listed(face)
        self._styles_of: dict[str, Style] = {}
        self._fits: tuple[object, int, Fitted] = (None, 0, [])

    # What is shown

    def show(self, models: Sequence[T]) -> None:
        """Show these instead; cursor, marks and place stay with the rows that are still there."""
        before = self.listed.cursor_key
        line = self.listed.cursor - self.scroll_offset.y
        self.listed.replace(models)
        self._resize()
        self._caption()
        if self.scroll_offset.y:
            self.scroll_to(y=self.listed.cursor - line, animate=False, force=True)
        if 0 <= line < self._visible:
            self._reveal()
        self.refresh()
        if self.listed.cursor_key != before:
            self.post_message(self.Moved(self))  # type: ignore[arg-type]

    @property
    def selected(self) -> T | None:
        """The model under the cursor."""
        return self.listed.selected

    @property
    def marked(self) -> tuple[T, ...]:
        """The marked models, in the order in which they are shown."""
        return self.listed.marked

    @property
    def filter(self) -> str:
        return self.listed.needle

    # Moving

    def action_move(self, by: int) -> None:
        self.select(self.listed.cursor + by)

    def action_go(self, index: int) -> None:
        self.select(index if index >= 0 else len(self.listed.shown) - 1)

    def action_page(self, pages: int) -> None:
        self.select(self.listed.cursor + pages * max(1, self._visible - 1))

    def action_open(self) -> None:
        if self.selected is not None:
            self.post_message(self.Opened(self))  # type: ignore[arg-type]

    def select(self, index: int) -> None:
        """Put the cursor on a row, or as near as there is one."""
        if self.listed.move_to(index):
            self._caption()
            self.post_message(self.Moved(self))  # type: ignore[arg-type]
        self._reveal()
        self.refresh()

    def select_key(self, key: object) -> bool:
        """Put the cursor on the row of that key; False where there is none."""
        index = self.listed.index_of(key)
        if index is not None:
            self.select(index)
        return index is not None

    def toggle_mark(self) -> None:
        """Mark the row under the cursor, or take its mark away, and go on to the next."""
        self.listed.toggle_mark()
        self.action_move(1)
        self._caption()

    def clear_marks(self) -> None:
        self.listed.marks.clear()
        self.refresh()
        self._caption()

    # Order and filter

    def sort_by(self, column: str, *, reverse: bool) -> None:
        """Order by a column; an empty name is the order in which the models came."""
        self.listed.sort_by(column, reverse=reverse)
        self._reorder()

    def narrow(self, needle: str) -> None:
        """Show only what contains every word of the filter."""
        self.listed.narrow(needle)
        self._reorder()

    def _reorder(self) -> None:
        self._resize()
        self._reveal()
        self.refresh()
        self._caption()
        self.post_message(self.Moved(self))  # type: ignore[arg-type]

    def check_consume_key(self, key: str, character: str | None) -> bool:  # noqa: ARG002
        return self.filtering and character is not None and character.isprintable()

    def on_key(self, event: events.Key) -> None:
        if not self.filtering:
            return
        typed = event.character if event.is_printable else None
        if typed:
            self.narrow(self.filter + typed)
        elif event.key == "backspace":
            self.narrow(self.filter[:-1])
        elif event.key in {"enter", "escape"}:
            self.stop_filtering(keep=event.key == "enter")
        else:
            return
        event.stop()
        event.prevent_default()

    def on_paste(self, event: events.Paste) -> None:
        if self.filtering:
            event.stop()
            self.narrow(self.filter + one_line(event.text))

    def start_filtering(self) -> None:
        """Let keys go into the filter until enter keeps it or esc drops it."""
        self.filtering = True
        self.listed.words()
        self._caption()

    def stop_filtering(self, *, keep: bool) -> None:
        self.filtering = False
        self.narrow(self.filter if keep else "")

    def on_blur(self) -> None:
        if self.filtering:
            self.stop_filtering(keep=True)

    def caption(self) -> str:
        """What stands at the edge: what is typed, what is marked, how much of it all is shown."""
        parts = []
        if self.filtering or self.filter:
            parts.append(f"/{one_line(self.filter)}{'▏' if self.filtering else ''}")
            parts.append(f"{len(self.listed.shown)} of {len(self.listed.models)}")
        if self.listed.marks:
            parts.append(f"{len(self.listed.marks)} marked")
        return " · ".join(parts)

    def _caption(self) -> None:
        self.border_subtitle = Content(one_line(self.caption()))

    # The mouse

    def on_click(self, event: events.Click) -> None:
        inside = event.get_content_offset(self)
        if inside is None or inside.y < self._above:
            return
        index = self.scroll_offset.y + inside.y - self._above
        if index < len(self.listed.shown):
            again = index == self.listed.cursor and event.chain > 1
            self.select(index)
            if again:
                self.action_open()

    # Drawing

    def on_resize(self) -> None:
        self._reveal()

    def notify_style_update(self) -> None:
        super().notify_style_update()
        self._styles_of.clear()

    @property
    def _visible(self) -> int:
        """Lines for rows."""
        return self.scrollable_content_region.height - self._above

    def _resize(self) -> None:
        self.virtual_size = Size(0, len(self.listed.shown) + self._above)

    @property
    def fitted(self) -> Fitted:
        """The columns for which there is room, and their widths."""
        columns, width = self.face.columns, self.scrollable_content_region.width
        if self._fits[:2] != (columns, width):
            self._fits = (columns, width, fit(columns, width))
        return self._fits[2]

    def _reveal(self) -> None:
        top, cursor = self.scroll_offset.y, self.listed.cursor
        if cursor < top:
            self.scroll_to(y=cursor, animate=False, force=True)
        elif cursor >= top + self._visible:
            self.scroll_to(y=cursor - self._visible + 1, animate=False, force=True)

    def refresh_row(self, index: int) -> None:
        """Draw one row again, if it is visible."""
        y = index - self.scroll_offset.y + self._above
        if self._above <= y < self.size.height:
            self.refresh(Region(0, y, self.size.width, 1))

    def render_line(self, y: int) -> Strip:
        width = self.scrollable_content_region.width
        index = self.scroll_offset.y + y - self._above
        base = self.rich_style
        if y < self._above:
            return self._header().adjust_cell_length(width, base)
        if index >= len(self.listed.shown):
            hint = self.face.hint if y == self._above and not self.listed.shown else ""
            text = Segment(f" {hint}"[:width], self._tone("dim", base))
            return Strip([text]).adjust_cell_length(width, base)
        return self._row(index).adjust_cell_length(width, base)

    def _header(self) -> Strip:
        style = self.rich_style + self._style("rows--header")
        arrow = "↓" if self.listed.reverse else "↑"
        segments = [Segment(" ", style)]
        for column, width in self.fitted:
            sorted_by = column.key == self.listed.column and column.key
            title = f"{column.title}{arrow}" if sorted_by else column.title
            segments.append(Segment(column.place(title, width), style))
        return Strip(segments)

    def _row(self, index: int) -> Strip:
        model = self.listed.shown[index]
        at_cursor = index == self.listed.cursor
        base = self.rich_style
        if at_cursor:
            base += self._style("rows--cursor")
        cells = self.face.cells(model)
        mark = "┃" if self.listed.is_marked(model) else " "
        segments = [Segment(mark, base + self._style("rows--mark"))]
        for column, width in self.fitted:
            cell = cells[column.key]
            style = self._tone(cell.tone, base)
            segments.append(Segment(column.place(one_line(cell.text), width), style))
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
        """What a terminal can show of colours that shine through."""
        below = self.background_colors[1]
        over = styles.background
        background = below + over
        color = background.get_contrast_text(styles.color.a) if styles.auto_color else styles.color
        return styles.text_style + Style(
            color=(background + color).rich_color if styles.has_rule("color") else None,
            bgcolor=background.rich_color if over.a else None,
        )
