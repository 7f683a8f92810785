"""The main screen: remotes, branches, runs and the selected run's log."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace
from shutil import get_terminal_size
from typing import TYPE_CHECKING, Any, ClassVar

from textual import on
from textual.containers import Horizontal, Vertical
from textual.widget import Widget

from gitbatch_tui.core.base.text import one_line
from gitbatch_tui.errors import HostKeyUnknown, LoginNeeded
from gitbatch_tui.ui import present
from gitbatch_tui.ui.keys import bindings
from gitbatch_tui.ui.panes.branches import BranchesPane
from gitbatch_tui.ui.panes.facts import About, FactsPane
from gitbatch_tui.ui.panes.remotes import RemotesPane
from gitbatch_tui.ui.panes.runs import RunsPane
from gitbatch_tui.ui.screens.run_keys import RunKeys
from gitbatch_tui.ui.state import AppState, Selection, is_nameless
from gitbatch_tui.ui.widgets.key_line import KeyLine
from gitbatch_tui.ui.widgets.row_list import RowList

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import datetime

    from textual.app import ComposeResult
    from textual.binding import BindingType
    from textual.worker import Worker

    from gitbatch_tui.ui.live import Live
    from gitbatch_tui.ui.panes.log import LogPane
    from gitbatch_tui.ui.panes.run_columns import RunColumn
    from gitbatch_tui.ui.preferences import Preferences


_WIDTHS = [(0, "-narrow"), (72, "-slim"), (100, "-normal"), (160, "-wide")]
_HEIGHTS = [(0, "-low"), (22, "-tall")]


def _last(size: int, breaks: list[tuple[int, str]]) -> str:
    return [name for least, name in breaks if least <= size][-1]


class Vacant(Widget):
    """Keeps the place of a pane that is still to come, with nothing in it."""

    def render(self) -> str:
        return ""


class MainScreen(RunKeys):
    """Four panes and a line of keys."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings()]
    HORIZONTAL_BREAKPOINTS, VERTICAL_BREAKPOINTS = _WIDTHS, _HEIGHTS

    def __init__(
        self,
        clock: Callable[[], datetime],
        live: Live,
        preferences: Preferences,
        more: Sequence[RunColumn],
    ) -> None:
        """`more` are columns of Runs that were chosen before."""
        # The classes that it will have: styles are worked out once, and the first picture stays.
        names = zip(get_terminal_size((120, 35)), (_WIDTHS, _HEIGHTS), strict=True)
        super().__init__(classes=" ".join(_last(size, breaks) for size, breaks in names))
        self._live, self.preferences = live, preferences
        self.state = AppState()
        self.remotes = RemotesPane()
        self.branches = BranchesPane()
        self.runs = RunsPane(clock)
        self.runs.restore(preferences, more)
        self.about = About()
        self.facts = FactsPane()
        self.log_pane: LogPane | None = None
        """None until the first picture is drawn, which needs no log."""
        self.line = KeyLine()
        self.opening: Worker[Any] | None = None
        """The action that is about to open its dialog; the next key is meant for that."""
        for pane in (self.remotes, self.branches, self.runs):
            pane.add_class("-pane")
        # What isn't active may be hidden, and what is hidden can't become active.
        self.runs.add_class("-active")

    def compose(self) -> ComposeResult:
        with Horizontal(id="panes"):
            with Vertical(id="left"):
                yield self.remotes
                yield self.branches
                yield self.facts
            with Vertical(id="right", classes="-active"):
                yield self.runs
                yield self.about
                yield Vacant(id="log", classes="-pane")
        yield self.line

    def on_mount(self) -> None:
        self.call_after_refresh(self._open_log_pane)

    async def _open_log_pane(self) -> None:
        right = self.query_one("#right")
        if not right.is_mounted:
            self.call_after_refresh(self._open_log_pane)
            return
        from gitbatch_tui.ui.panes.log import LogPane  # noqa: PLC0415  # see `log_pane`

        self.log_pane = LogPane()
        with self.app.batch_update():
            await self.query_one("#log").remove()
            if right.is_attached:
                await right.mount(self.log_pane)
        self._show_selected()

    # What is shown

    def show(self, state: AppState) -> None:
        """Show what is known now; cursors stay where they are."""
        self.state = state
        self.remotes.show_state(state)
        self.branches.show_state(state)
        self.runs.show_state(state)
        self._show_selected()

    def _show_selected(self) -> None:
        run = self.runs.run
        named = None if run and is_nameless(run) else run
        self.about.show_row(self.runs.selected)
        view = self.state.views.get(named.remote) if named else None
        published = present.published(view.remote) if view else ""
        if group := self.runs.group:
            self.facts.show_group(group)
        else:
            self.facts.show_run(named, self._live.now_for(named.remote if named else ""), published)
        self.line.choose(self.selection)
        if self.log_pane:
            fold = "folds" if group and group.is_open else "shows"
            self.log_pane.show_run(
                named, f"enter {fold} its runs; each has a log." if group else ""
            )

    @property
    def selection(self) -> Selection:
        """The models that the cursors are on, and the marked runs."""
        remote, branch = self.remotes.selected, self.branches.selected
        chosen = Selection(
            self.pane,
            remote.remote if remote else None,
            branch.name if branch else None,
            self.runs.run,
            self.runs.marked_runs,
            self.runs.group,
        )
        foreign = {view.remote.name for view in self.state.published}
        return replace(chosen, foreign=any(run.remote in foreign for run in chosen.meant))

    # Keys

    @property
    def is_opening(self) -> bool:
        return self.opening is not None and not self.opening.is_finished

    def on_screen_suspend(self) -> None:
        self.opening = None

    @contextmanager
    def doing(self, words: str) -> Iterator[Callable[[str], None]]:
        """Say at the bottom what is being done, until it is done; what it gives says how far."""
        said, self.opening = "", None

        def say(words: str) -> None:
            nonlocal said
            said = self.line.note = one_line(words)

        say(words)
        try:
            yield say
        finally:
            if self.line.note == said:
                self.line.note = ""

    def action_all_remotes(self) -> None:
        self._live.show_only(None, None)

    def action_filter(self) -> None:
        rows = self._rows("filtered")
        if rows and rows.filtering:
            rows.narrow(f"{rows.filter}/")
        elif rows:
            rows.start_filtering()

    def action_back(self) -> None:
        """Leave what was entered last: a filter, marks, a branch's runs; then go to Runs."""
        rows = self.query_one(f"#{self.pane}")
        if isinstance(rows, RowList) and rows.filter:
            rows.stop_filtering(keep=False)
        elif self.runs.model.marks:
            self.runs.clear_marks()
        elif self.state.branch:
            self._live.show_only(self.state.remote, None)
        else:
            self.action_go_to("runs")

    def _rows(self, verb: str) -> RowList[Any] | None:
        rows = self.query_one(f"#{self.pane}")
        if isinstance(rows, RowList):
            return rows
        words = f"The log isn't {verb} here: press l for the whole of it."
        self.decline(words)
        return None

    # What the lists say

    @on(RowList.Opened)
    async def _open(self, message: RowList.Opened) -> None:
        if message.rows is self.runs and self.runs.group:
            self.runs.fold()
        elif message.rows is self.runs:
            await self.run_action("app.act('log')")
        elif message.rows is self.remotes:
            await self._open_remote()
        elif branch := self.branches.selected:
            self._live.show_only(self.state.remote, branch.name)
            self.action_go_to("runs")

    async def _open_remote(self) -> None:
        view = self.remotes.selected
        if view and isinstance(view.trouble, LoginNeeded | HostKeyUnknown):
            await self.run_action("app.act('login')")
        elif view:
            self._live.show_only(view.remote.name, None)
            self.action_go_to("runs")

    @on(RowList.Moved)
    def _moved(self, message: RowList.Moved) -> None:
        if message.rows is self.runs:
            self._show_selected()
        self.line.choose(self.selection)

    def watch_focused(self) -> None:
        """Show which pane has the focus, and which keys are for it."""
        super().watch_focused()
        if self.focused is not None:
            self.line.choose(self.selection)
