"""The pane Runs: the runs of one remote or of all, live."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from textual.content import Content

from gitbatch_tui.core.base.format import age, short, took
from gitbatch_tui.core.base.text import one_line
from gitbatch_tui.models import Run, State
from gitbatch_tui.ui import present
from gitbatch_tui.ui.state import is_nameless
from gitbatch_tui.ui.widgets.list_model import Cell, Column
from gitbatch_tui.ui.widgets.row_list import RowList

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from gitbatch_tui.ui.state import AppState

TICK = 1.0
"""Seconds between looks at the clock, for ages."""

_NOW = timedelta()
ORDER = list(State)


@dataclass
class RunAdapter:
    """A run in a row."""

    clock: Callable[[], datetime]
    skews: Mapping[str, timedelta] = field(default_factory=dict)
    """How far each remote's clock is ahead."""
    several: bool = False
    """Whether runs of more than one remote are shown."""
    hint: str = ""

    _FIRST = Column("run", "run", 4, most=6)
    _NAMED = Column("run", "run", 8, most=16, share=1)
    _OTHERS = (
        Column("state", "state", 13, most=30, share=2),
        Column("branch", "branch", 8, most=30, share=2),
        Column("commit", "commit", 7, rank=3),
        Column("subject", "subject", 10, most=90, share=4, rank=8),
        Column("age", "age", 4, right=True),
        Column("took", "took", 6, right=True, rank=4),
        Column("job", "job", 5, most=12, share=1, rank=5),
        Column("results", "results", 10, most=12, share=1, rank=2),
        Column("submitter", "by", 10, most=24, share=1, rank=9),
    )

    @property
    def columns(self) -> tuple[Column, ...]:
        return (self._NAMED if self.several else self._FIRST, *self._OTHERS)

    def now(self, run: Run) -> datetime:
        """The time on the run's server."""
        return self.clock() + self.skews.get(run.remote, _NOW)

    def key(self, run: Run) -> tuple[str, int]:
        return run.remote, run.number

    def cells(self, run: Run) -> Mapping[str, Cell]:
        now = self.now(run)
        doubtful = run.as_of is not None and not run.state.final
        name = run.name if self.several else str(run.number)
        return {
            "run": Cell("" if is_nameless(run) else name, "bold"),
            "state": Cell(present.state_words(run), "dim" if doubtful else present.run_tone(run)),
            "branch": Cell(run.branch),
            "commit": Cell(short(run.commit), "dim"),
            "subject": Cell(run.subject),
            "age": Cell(age(run.submitted, now), "dim"),
            "took": Cell(took(run, now)),
            "job": Cell(run.job.id if run.job else "", "dim"),
            "results": Cell(*present.results_words(run)),
            "submitter": Cell(run.submitter, "dim"),
        }

    def words(self, run: Run) -> str:
        job = str(run.job) if run.job else ""
        badge = str(run.badge or "")
        known = (run.name, run.branch, run.commit, run.subject, run.submitter, job, badge)
        facts = (*known, *run.options)
        return " ".join((*facts, present.state_words(run), present.results_words(run)[0]))

    def order(self, run: Run, column: str) -> Any:
        return _ORDERS[column](run)


def _length(run: Run) -> float:
    end = run.finished or run.settled
    return (end - run.started).total_seconds() if end and run.started else -1


_ORDERS: dict[str, Callable[[Run], Any]] = {
    "run": lambda run: (run.remote, run.number),
    "state": lambda run: (ORDER.index(run.state), run.exit or 0),
    "branch": lambda run: run.branch,
    "commit": lambda run: run.commit,
    "subject": lambda run: run.subject.lower(),
    "age": lambda run: -(run.submitted.timestamp() if run.submitted else 0),
    "took": _length,
    "job": lambda run: (run.job.scheduler, run.job.id.zfill(12)) if run.job else ("", ""),
    "results": lambda run: run.results.value,
    "submitter": lambda run: run.submitter,
}
SORTABLE = ("", *_ORDERS)
"""The columns in the order in which `o` goes through them; the empty one is the newest first."""


class RunsPane(RowList[Run]):
    """List of runs, live."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._adapter = RunAdapter(clock)
        super().__init__(self._adapter, id="runs")

    def on_mount(self) -> None:
        self.set_interval(TICK, self.refresh_changed)

    def show_state(self, state: AppState) -> None:
        self._adapter.several = state.remote is None and len(state.remotes) > 1
        self._adapter.hint = _hint(state)
        self._adapter.skews = {name: view.skew for name, view in state.views.items()}
        self.border_title = Content(one_line(_title(state)))
        self.show(state.runs())

    def caption(self) -> str:
        """Say what is typed and marked; else why the selected run is in its state."""
        run = self.selected
        return super().caption() or (present.state_sentence(run) if run else "")

    def restore_order(self, column: str, *, reverse: bool) -> None:
        """Begin in the order of the last time."""
        if column in SORTABLE:
            self.model.sort_by(column, reverse=reverse)

    def sort_next(self) -> None:
        """Sort by the next column that is shown."""
        shown = {column.key for column, _ in self.fitted}
        columns = [key for key in SORTABLE if not key or key in shown]
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
