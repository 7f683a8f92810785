"""The pane Runs: the runs of one remote or of all, live."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING

from textual.message import Message

from gitbatch_tui.core.base.text import one_line
from gitbatch_tui.models import Run
from gitbatch_tui.ui import present
from gitbatch_tui.ui.panes.run_columns import order_of
from gitbatch_tui.ui.panes.run_list import RunListModel
from gitbatch_tui.ui.panes.run_rows import RunAdapter
from gitbatch_tui.ui.run_groups import WAYS, Row, RunGroup
from gitbatch_tui.ui.widgets.row_list import RowList

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Sequence
    from datetime import datetime

    from textual.timer import Timer

    from gitbatch_tui.ui.panes.run_columns import RunColumn
    from gitbatch_tui.ui.preferences import Preferences
    from gitbatch_tui.ui.state import AppState

SECOND, MINUTELY = 1.0, 10.0
"""Seconds between two looks at the clock, for times in seconds and for those in minutes."""
PATIENCE = 5.0
"""Seconds to wait until a run that has begun is listed, before a message says that it has begun."""


class RunsPane(RowList[Row]):
    """List of runs, live."""

    class Ordered(Message):
        """A person has chosen another order."""

    class Filtered(Message):
        """The filter was changed; `is_kept` where nobody is typing it any more."""

        def __init__(self, metrics: Sequence[str], *, is_kept: bool) -> None:
            super().__init__()
            self.metrics, self.is_kept = metrics, is_kept

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._adapter = RunAdapter(clock)
        self.groups = RunListModel(self._adapter)
        self._title = "Runs"
        self._awaited: Hashable | None = None
        self._found = asyncio.Event()
        self._seconds: Timer | None = None
        super().__init__(self._adapter, id="runs", model=self.groups)

    def on_mount(self) -> None:
        self._seconds = self.set_interval(SECOND, self._tick)
        self.set_interval(MINUTELY, self.refresh_changed)

    def show_state(self, state: AppState) -> None:
        self._adapter.sight.several = state.remote is None and len(state.remotes) > 1
        self._adapter.hint = _hint(state)
        self._adapter.skews = {name: view.skew for name, view in state.views.items()}
        self._title = one_line(_title(state))
        self._say_title()
        self.show(state.runs())
        self._count_seconds()
        self._find_awaited()

    def _say_title(self) -> None:
        grouped = self.groups.grouped_by
        self._write_at("border_title", f"{self._title}{f', by {grouped}' if grouped else ''}")

    @property
    def run(self) -> Run | None:
        """The selected run; None where there is none, or a group is selected."""
        return self.selected if isinstance(self.selected, Run) else None

    @property
    def group(self) -> RunGroup | None:
        """The selected group."""
        return self.selected if isinstance(self.selected, RunGroup) else None

    @property
    def marked_runs(self) -> tuple[Run, ...]:
        return tuple(row for row in self.marked if isinstance(row, Run))

    def is_on(self, run: Run) -> bool:
        """Tell whether this run is the selected one."""
        return self.model.cursor_key == self._adapter.key(run)

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        super().watch_scroll_y(old_value, new_value)
        self._count_seconds()

    def _count_seconds(self) -> None:
        """Look at the clock every second, for as long as times in seconds are to be seen."""
        if self._seconds:
            self._seconds.resume()

    def _tick(self) -> None:
        self.refresh_changed()
        if self._seconds and not any(map(self._adapter.counts_seconds, self.drawn)):
            self._seconds.pause()

    # Runs that are still to come

    def wait_for(self, remote: str, number: int) -> None:
        """Put the cursor on a run as soon as it is known."""
        self._await((remote, number))

    def wait_for_sweep(self, remote: str, number: int, first: int) -> None:
        """Put the cursor on the row of a sweep; where runs aren't grouped so, on its first run."""
        grouped = self.groups.way == "sweep"
        self._await(("sweep", remote, number) if grouped else (remote, first))

    def _await(self, key: Hashable) -> None:
        self._awaited = key
        self._found.clear()
        self.narrow("")
        self._find_awaited()

    def _find_awaited(self) -> None:
        if self._awaited is not None and self.select_key(self._awaited):
            self._awaited = None
            self._found.set()

    async def arrival(self) -> None:
        """Wait until the cursor is where it was last wanted, for some seconds at most."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._found.wait(), PATIENCE)

    # The filter

    def caption(self) -> str:
        if wrong := self.groups.objection:
            # The word that it is about stands there already.
            return f"/{one_line(self.filter)}▏ · {wrong.expected}"
        return super().caption()

    def stop_filtering(self, *, keep: bool) -> None:
        """Keep the filter or drop it; one that is wrong can still be changed."""
        if keep and self.groups.objection and self.has_focus:
            self.app.notify(str(self.groups.objection), severity="warning", markup=False)
            return
        super().stop_filtering(keep=keep)

    def narrow(self, needle: str) -> None:
        super().narrow(needle)
        self.post_message(self.Filtered(self.groups.metrics, is_kept=not self.filtering))

    # Groups

    def fold(self) -> bool:
        """Open or close the group that the cursor is in; False where it is in none."""
        folded = self.groups.fold()
        self._reorder()
        return folded

    def group_by(self, way: str) -> None:
        """Group runs by something else, a word of `WAYS`."""
        self.groups.group_by(way)
        self._say_title()
        self._reorder()

    def select_key(self, key: object) -> bool:
        self.groups.reveal(key)
        return super().select_key(key)

    # Marks

    def select(self, index: int) -> None:
        super().select(index)
        if self.groups.in_range:
            self.groups.stretch()
            self._caption()
            self.refresh_changed()

    def toggle_range(self) -> None:
        """Begin to mark all rows from here to where the cursor goes; or end that."""
        self.groups.toggle_range()
        self._caption()
        self.refresh_changed()

    def clear_marks(self) -> None:
        self.groups.unmark()
        super().clear_marks()

    def unmark(self, runs: Iterable[Run]) -> None:
        """Take the marks of these runs away."""
        self.groups.unmark(map(self._adapter.key, runs))
        self._caption()
        self.refresh_changed()

    # Columns and their order

    def restore(self, preferences: Preferences, more: Sequence[RunColumn]) -> None:
        """Begin in the order, in the groups and with the columns of the last time."""
        self._adapter.add_columns(more)
        if preferences.group in WAYS:
            self.groups.way = preferences.group
        if not preferences.sort or order_of(preferences.sort, more):
            self.model.sort_by(preferences.sort, reverse=preferences.reverse)

    def click_header(self, key: str) -> None:
        """Sort by a column; clicked again, the other way round; then the newest come first."""
        model = self.model
        if model.column != key:
            self.sort_by(key, reverse=False)
        else:
            self.sort_by("" if model.reverse else key, reverse=not model.reverse)
        self.post_message(self.Ordered())

    def add_columns(self, more: Sequence[RunColumn]) -> None:
        """Show these columns behind the parameters, too, instead of others."""
        self._adapter.add_columns(more)
        self.narrow(self.filter)

    def sort_next(self) -> None:
        """Sort by the next column that is shown; before the first, the newest come first."""
        columns = ["", *(column.key for column, _ in self.fitted)]
        now = self.model.column
        at = columns.index(now) if now in columns else 0
        self.sort_by(columns[(at + 1) % len(columns)], reverse=False)


def _hint(state: AppState) -> str:
    if not state.loaded:
        return ""
    if not state.remotes:
        return "There is no batch remote yet: press a to add one."
    if not state.branches:
        return "There are no commits yet: make one with git, or press s to begin with schedule.sh."
    return "There are no runs yet: press s to submit the selected branch."


def _title(state: AppState) -> str:
    words = ["Runs", *(["of", state.branch] if state.branch else [])]
    if state.remote:
        view = state.views[state.remote]
        caveat = present.as_of(view)
        words += ["on", state.remote, *(["·", caveat] if caveat else [])]
    elif len(state.remotes) > 1:
        words += ["on all remotes"]
    return " ".join(words)
