"""The widget that shows a log: a window onto a source of any size, with keys to move and search."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from rich.segment import Segment
from textual.binding import Binding
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.strip import Strip

from gitbatch_tui.core.base.text import one_line
from gitbatch_tui.core.logs.viewer import Viewer
from gitbatch_tui.core.logs.window import Window, WindowView
from gitbatch_tui.ui.widgets.list_view import hint_line
from gitbatch_tui.ui.widgets.log_search import LogSearch
from gitbatch_tui.ui.widgets.log_status import border_words, hint
from gitbatch_tui.ui.widgets.log_style import CELLS, Tones, strip_of

if TYPE_CHECKING:
    from rich.style import Style
    from textual.app import App
    from textual.binding import BindingType

    from gitbatch_tui.core.logs.source import Source

WHEEL = 3
"""RowList that a step of the mouse's wheel moves."""
SIDEWAYS = 8


class LogView(LogSearch, can_focus=True):
    """Shows a source from its end on; `show` says which one."""

    app: App[object]
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down,j", "scroll_rows(1)", "down", show=False),
        Binding("up,k", "scroll_rows(-1)", "up", show=False),
        Binding("pagedown,ctrl+d", "turn(1)", "a page down", show=False),
        Binding("pageup,ctrl+u", "turn(-1)", "a page up", show=False),
        Binding("g,home", "to_start", "start", show=False),
        Binding("G,end", "to_end", "end", show=False),
        Binding("left", "shift(-1)", "left", show=False),
        Binding("right", "shift(1)", "right", show=False),
        Binding("f", "follow", "follow", show=False),
        Binding("w", "wrap", "wrap", show=False),
        Binding("slash", "search", "search", show=False),
        Binding("n", "find(False)", "next", show=False),
        Binding("N", "find(True)", "previous", show=False),
        Binding("escape", "leave_search", "leave the search", show=False),
    ]
    COMPONENT_CLASSES: ClassVar[set[str]] = {"log--note", "log--match", "log--hit"}

    live: reactive[bool] = reactive(True)
    """Whether anything can still come; only the words depend on it."""

    @dataclass
    class Painted(Message):
        """There is something new to see."""

        viewer: Viewer
        frame: WindowView

        def can_replace(self, message: Message) -> bool:
            return isinstance(message, LogView.Painted) and message.viewer is self.viewer

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002  # textual's name
        super().__init__(id=id)
        self._tones: Tones | None = None
        self.instead = ""
        """What is said where there is nothing to look onto."""

    def show(self, source: Source | None, title: str = "") -> None:
        """Look onto another source, or onto nothing; the one before is closed."""
        self.stop_searching()
        if self.viewer:
            self.viewer.close()
        self.viewer, self.frame, self.wanted = None, None, ""
        self.border_title = Content(one_line(title)) if title else None
        if source:
            self.viewer = self._viewer_of(source)
            self._resize()
        self._redraw()

    def _viewer_of(self, source: Source) -> Viewer:
        def paint(frame: WindowView) -> None:
            self.post_message(self.Painted(viewer, frame))

        viewer = Viewer(source, CELLS, paint)
        return viewer

    def on_log_view_painted(self, message: Painted) -> None:
        message.stop()
        if message.viewer is self.viewer:
            message.viewer.check()
            self.frame = message.frame
            self._redraw()

    def on_unmount(self) -> None:
        self.show(None)

    # Moving

    def action_scroll_rows(self, rows: int) -> None:
        self.ask(lambda window: window.scroll(rows))

    def action_turn(self, pages: int) -> None:
        self.ask(lambda window: window.turn(pages))

    def action_to_start(self) -> None:
        self.ask(Window.to_start)

    def action_to_end(self) -> None:
        self.ask(Window.to_end)

    def action_shift(self, steps: int) -> None:
        self.ask(lambda window: window.shift(steps * SIDEWAYS))

    def action_follow(self) -> None:
        self.ask(lambda window: window.follow(not window.following))

    def action_wrap(self) -> None:
        self.ask(lambda window: window.wrap(not window.wrapped))

    def on_mouse_scroll_down(self) -> None:
        self.action_scroll_rows(WHEEL)

    def on_mouse_scroll_up(self) -> None:
        self.action_scroll_rows(-WHEEL)

    def on_resize(self) -> None:
        self._resize()

    def _resize(self) -> None:
        width, height = self.content_size
        if self.viewer and width and height:
            self.ask(lambda window: window.resize(width, height))
            self.viewer.start()

    # Drawing

    def watch_live(self) -> None:
        self._redraw()

    def watch_progress(self) -> None:
        self._redraw()

    def notify_style_update(self) -> None:
        super().notify_style_update()
        self._tones = None

    def _redraw(self) -> None:
        frame = self.frame
        words = (
            border_words(frame, self.progress, self.wanted, live=self.live) if self.viewer else ""
        )
        self.border_subtitle = Content(one_line(words)) if words else None
        self.set_class(bool(frame and frame.state), "-troubled")
        self.refresh()

    def render_line(self, y: int) -> Strip:
        if self._tones is None:
            self._tones = Tones(self.rich_style, *map(self._tone, ("note", "match", "hit")))
        width, frame, tones = self.content_size.width, self.frame, self._tones
        if frame and y < len(frame.rows):
            return strip_of(frame.rows[y], frame.column, width, tones)
        words = hint(frame, live=self.live) if frame else "" if self.viewer else self.instead
        words = hint_line(words, y, width)
        note = Strip([Segment(f" {words}", tones.base + tones.note)] if words else [])
        return note.adjust_cell_length(width, tones.base)

    def _tone(self, name: str) -> Style:
        return self.get_component_rich_style(f"log--{name}", partial=True)
