"""The pane Runs: the runs of one remote or of all, live."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from textual.content import Content

from gitbatch_tui.core.base.text import one_line
from gitbatch_tui.models import Run
from gitbatch_tui.ui import present
from gitbatch_tui.ui.panes.run_columns import RunColumn, Sight, columns_for, look_at, order_of
from gitbatch_tui.ui.widgets.list_model import Cell, ListModel
from gitbatch_tui.ui.widgets.row_list import RowList

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

    from gitbatch_tui.ui.state import AppState

TICK = 1.0
"""Seconds between looks at the clock, for ages."""

_NOW = timedelta()


@dataclass
class RunAdapter:
    """A run in a row."""

    clock: Callable[[], datetime]
    skews: Mapping[str, timedelta] = field(default_factory=dict)
    """How far each remote's clock is ahead."""
    sight: Sight = field(init=False)
    columns: tuple[RunColumn, ...] = ()
    more: tuple[RunColumn, ...] = ()
    """Columns besides those that every list has; `add_columns` sets them."""
    hint: str = ""

    def __post_init__(self) -> None:
        self.sight = Sight(self.now)
        self.add_columns(())

    def add_columns(self, more: Sequence[RunColumn]) -> None:
        """Have these, besides those that every list has."""
        self.more = tuple(more)
        self.fit_columns()

    def fit_columns(self) -> None:
        """Have the columns that what is listed needs."""
        self.columns = columns_for(self.sight, self.more)

    def now(self, run: Run) -> datetime:
        """The time on the run's server."""
        return self.clock() + self.skews.get(run.remote, _NOW)

    def key(self, run: Run) -> tuple[str, int]:
        return run.remote, run.number

    def cells(self, run: Run) -> Mapping[str, Cell]:
        return {column.key: column.cell(run, self.sight) for column in self.columns}

    def words(self, run: Run) -> str:
        job = str(run.job) if run.job else ""
        badge = str(run.badge or "")
        known = (run.name, run.branch, run.commit, run.subject, run.submitter, job, badge, run.note)
        facts = (*known, *run.options, *run.tags)
        return " ".join((*facts, present.state_words(run), present.results_words(run)[0]))

    def order(self, column: str) -> Callable[[Run], Any]:
        return order_of(column, self.more) or (lambda _: 0)


class RunListModel(ListModel[Run]):
    """Knows what tells the runs that are listed apart."""

    def __init__(self, adapter: RunAdapter) -> None:
        super().__init__(adapter)
        self._adapter = adapter

    def _arrange(self, models: Sequence[Run], *, ordered: bool = False) -> None:
        super()._arrange(models, ordered=ordered)
        look_at(self.shown, self._adapter.sight)
        self._adapter.fit_columns()


class RunsPane(RowList[Run]):
    """List of runs, live."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._adapter = RunAdapter(clock)
        super().__init__(self._adapter, id="runs", model=RunListModel(self._adapter))

    def on_mount(self) -> None:
        self.set_interval(TICK, self.refresh_changed)

    def show_state(self, state: AppState) -> None:
        self._adapter.sight.several = state.remote is None and len(state.remotes) > 1
        self._adapter.hint = _hint(state)
        self._adapter.skews = {name: view.skew for name, view in state.views.items()}
        self.border_title = Content(one_line(_title(state)))
        self.show(state.runs())

    def restore_order(self, column: str, *, reverse: bool) -> None:
        """Begin in the order of the last time."""
        if not column or order_of(column):
            self.model.sort_by(column, reverse=reverse)

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
        return "There are no commits yet: make one with git add and git commit."
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
