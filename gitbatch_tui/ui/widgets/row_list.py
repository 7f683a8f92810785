"""A list of any length: columns, a cursor that stays with its row, marks, a filter, an order."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from textual.binding import Binding
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive

from gitbatch_tui.core.base.text import one_line
from gitbatch_tui.ui.widgets.list_model import ListModel
from gitbatch_tui.ui.widgets.list_view import ListView

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual import events
    from textual.binding import BindingType

    from gitbatch_tui.ui.widgets.list_model import RowAdapter

T = TypeVar("T")


class RowList(ListView[T], can_focus=True):
    """A list of models that a person can move in."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down,j", "move(1)", "down", show=False),
        Binding("up,k", "move(-1)", "up", show=False),
        Binding("g,home", "go(0)", "to the first", show=False),
        Binding("G,end", "go(-1)", "to the last", show=False),
        Binding("pagedown,ctrl+d", "page(1)", "a page down", show=False),
        Binding("pageup,ctrl+u", "page(-1)", "a page up", show=False),
        Binding("enter", "open", "open", show=False),
    ]
    filtering: reactive[bool] = reactive(False)
    """Whether keys are being typed into the filter."""

    class Moved(Message):
        """The cursor is on another row, or on none."""

        def __init__(self, rows: RowList[Any]) -> None:
            super().__init__()
            self.rows = rows

    class Opened(Message):
        """Enter was pressed on a row, or it was clicked while the cursor was there."""

        def __init__(self, rows: RowList[Any]) -> None:
            super().__init__()
            self.rows = rows

    def __init__(
        self,
        adapter: RowAdapter[T],
        *,
        id: str,  # noqa: A002  # as textual has it
        header: bool = True,
        model: ListModel[T] | None = None,
    ) -> None:
        super().__init__(model or ListModel(adapter), header=header, id=id)
        self.adapter = adapter
        self._edges: dict[str, str] = {}
        """What stands at the upper edge, and at the lower one."""

    # What is shown

    def show(self, models: Sequence[T]) -> None:
        """Show these instead; cursor, marks and place stay with the rows that are still there."""
        before = self.model.cursor_key
        line = self.model.cursor - self.scroll_offset.y
        self.model.replace(models)
        self._resize()
        self._caption()
        if self.scroll_offset.y:
            self.scroll_to(y=self.model.cursor - line, animate=False, force=True)
        if 0 <= line < self._visible:
            self._reveal()
        self.refresh_changed()
        if self.model.cursor_key != before:
            self.post_message(self.Moved(self))

    @property
    def selected(self) -> T | None:
        """The model under the cursor."""
        return self.model.selected

    @property
    def marked(self) -> tuple[T, ...]:
        """The marked models, in the order in which they are shown."""
        return self.model.marked

    @property
    def filter(self) -> str:
        return self.model.needle

    # Moving

    def action_move(self, by: int) -> None:
        self.select(self.model.cursor + by)

    def action_go(self, index: int) -> None:
        self.select(index if index >= 0 else len(self.model.shown) - 1)

    def action_page(self, pages: int) -> None:
        self.select(self.model.cursor + pages * max(1, self._visible - 1))

    def action_open(self) -> None:
        if self.selected is not None:
            self.post_message(self.Opened(self))

    def select(self, index: int) -> None:
        """Put the cursor on a row, or as near as there is one."""
        if self.model.move_to(index):
            self._caption()
            self.post_message(self.Moved(self))
        self._reveal()
        self.refresh_changed()

    def select_key(self, key: object) -> bool:
        """Put the cursor on the row of that key; False where there is none."""
        index = self.model.index_of(key)
        if index is not None:
            self.select(index)
        return index is not None

    def toggle_mark(self) -> None:
        """Mark the row under the cursor, or take its mark away, and go on to the next."""
        self.model.toggle_mark()
        self.action_move(1)
        self._caption()

    def clear_marks(self) -> None:
        self.model.marks.clear()
        self.refresh_changed()
        self._caption()

    # Order and filter

    def sort_by(self, column: str, *, reverse: bool) -> None:
        """Order by a column; an empty name is the order in which the models came."""
        self.model.sort_by(column, reverse=reverse)
        self._reorder()

    def narrow(self, needle: str) -> None:
        """Show only what contains every word of the filter."""
        self.model.narrow(needle)
        self._reorder()

    def _reorder(self) -> None:
        self._resize()
        self._reveal()
        self.refresh()
        self._caption()
        self.post_message(self.Moved(self))

    def check_consume_key(self, key: str, character: str | None) -> bool:  # noqa: ARG002  # textual gives it
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
        self.model.words()
        self._caption()

    def stop_filtering(self, *, keep: bool) -> None:
        self.filtering = False
        self.narrow(self.filter if keep else "")

    def on_blur(self) -> None:
        if self.filtering:
            self.stop_filtering(keep=True)

    def caption(self) -> str:
        """Say for the edge what is typed and marked, and how much of it all is shown."""
        parts = []
        if self.filtering or self.filter:
            parts.append(f"/{one_line(self.filter)}{'▏' if self.filtering else ''}")
            parts.append(f"{len(self.model.found)} of {len(self.model.models)}")
        if self.model.marks:
            parts.append(f"{len(self.model.marks)} marked")
        return " · ".join(parts)

    def _caption(self) -> None:
        self._write_at("border_subtitle", one_line(self.caption()))

    def _write_at(self, edge: str, words: str) -> None:
        # What is set is drawn again, with all of the rows.
        if words != self._edges.get(edge, ""):
            self._edges[edge] = words
            setattr(self, edge, Content(words))

    # The mouse

    def on_click(self, event: events.Click) -> None:
        inside = event.get_content_offset(self)
        if inside is None:
            return
        if inside.y < self._above:
            if key := self.column_at(inside.x):
                self.click_header(key)
            return
        index = self.scroll_offset.y + inside.y - self._above
        if index < len(self.model.shown):
            again = index == self.model.cursor and event.chain > 1
            self.select(index)
            if again:
                self.action_open()

    def click_header(self, key: str) -> None:
        """Do what a click on a column's title does; nothing, unless a list knows better."""

    def on_resize(self) -> None:
        self._reveal()
