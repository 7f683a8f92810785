"""Searches in what a widget shows: one search at a time, in the background, until esc."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual import work
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget

from gitbatch_tui.core.base.text import clean
from gitbatch_tui.core.logs.search import Search, find_near
from gitbatch_tui.errors import GitBatchError
from gitbatch_tui.ui.widgets.log_status import not_found

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.app import App

    from gitbatch_tui.core.logs.source import Source
    from gitbatch_tui.core.logs.viewer import Viewer
    from gitbatch_tui.core.logs.window import Window, WindowView

    Find = Callable[[Source, Search], int | None]


class LogSearch(Widget):
    """A widget that has a viewer, and finds what it is asked for in the viewer's source."""

    app: App[object]
    progress: reactive[float | None] = reactive(None)
    """How much a search has gone through, from 0 to 1; None where there is none."""

    @dataclass
    class Searching(Message):
        """A search has come so far."""

        progress: float

    @dataclass
    class Searched(Message):
        """A search is over."""

        search: Search
        found: int | None
        trouble: str = ""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002  # textual's name
        super().__init__(id=id)
        self.viewer: Viewer | None = None
        self.frame: WindowView | None = None
        """None until something has been read."""
        self.wanted = ""
        """What is marked, and what `n` looks for."""
        self._searching: Search | None = None

    def ask(self, work: Callable[[Window], None]) -> None:
        """Do something with the window; what it shows then comes by itself."""
        if self.viewer:
            self.viewer.ask(work)

    def action_search(self) -> None:
        from gitbatch_tui.ui.dialogs.ask import Ask  # noqa: PLC0415  # seldom needed

        self.app.push_screen(Ask("Search for", self.wanted), self.search)

    def search(self, text: str | None) -> None:
        """Find a text, here or below, else above; marks it wherever it is."""
        if text and self.frame:
            self._want(text)
            self._start(Search(text, self.frame.top, progress=self._tell), find_near)

    def action_find(self, backwards: bool) -> None:  # noqa: FBT001 # as actions are called
        if self.frame and self.wanted:
            start = self.frame.search_from(backwards=backwards)
            search = Search(self.wanted, start, backwards=backwards, progress=self._tell)
            self._start(search, lambda source, search: source.find(search))
        else:
            self._say("Nothing has been searched for: press / to do so.")

    def action_leave_search(self) -> None:
        """Stop searching; or show what was found like anything else."""
        if self._searching:
            self.stop_searching()
        else:
            self._want("")

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002  # textual gives it
        return action != "leave_search" or bool(self._searching or self.wanted)

    def _want(self, text: str) -> None:
        self.wanted = text
        self.ask(lambda window: window.want(text))

    def _start(self, search: Search, find: Find) -> None:
        self.stop_searching()
        self._searching, self.progress = search, 0.0
        if self.viewer:
            self._find(self.viewer.source, search, find)

    def stop_searching(self) -> None:
        """Stop the search that is going on, if there is one."""
        if self._searching:
            self._searching.cancel()
        self._searching, self.progress = None, None

    @work(thread=True, exit_on_error=False, group="search")
    def _find(self, source: Source, search: Search, find: Find) -> None:
        try:
            self.post_message(self.Searched(search, find(source, search)))
        except GitBatchError as error:
            self.post_message(self.Searched(search, None, str(error)))

    def _tell(self, progress: float) -> None:
        self.post_message(self.Searching(progress))

    def on_log_search_searching(self, message: Searching) -> None:
        message.stop()
        if self._searching:
            self.progress = message.progress

    def on_log_search_searched(self, message: Searched) -> None:
        message.stop()
        search, found = message.search, message.found
        if search is not self._searching:
            return
        self._searching, self.progress = None, None
        if found is not None:
            self.ask(lambda window: window.show(found))
        else:
            self._say(message.trouble or not_found(search))

    def _say(self, text: str) -> None:
        self.app.notify(clean(text), severity="warning", markup=False)
