"""The pane Runs: the runs of one remote or of all, live."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.content import Content

from gitbatch_tui.core.base.text import one_line
from gitbatch_tui.models import Run
from gitbatch_tui.ui import present
from gitbatch_tui.ui.panes.faces import SORTABLE, RunFace
from gitbatch_tui.ui.widgets.rows import Rows

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from gitbatch_tui.ui.state import AppState

TICK = 1.0
"""Seconds between looks at the clock, for ages."""


class RunsPane(Rows[Run]):
    """What was pushed, and what became of it."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._face = RunFace(clock)
        super().__init__(self._face, id="runs")

    def on_mount(self) -> None:
        self.set_interval(TICK, self.refresh_changed)

    def show_state(self, state: AppState) -> None:
        self._face.several = state.remote is None and len(state.remotes) > 1
        self._face.hint = _hint(state)
        self._face.skews = {name: view.skew for name, view in state.views.items()}
        self.border_title = Content(one_line(_title(state)))
        self.show(state.runs())

    def caption(self) -> str:
        """What is typed and marked; else why the selected run is in its state."""
        run = self.selected
        return super().caption() or (present.state_sentence(run) if run else "")

    def restore_order(self, column: str, *, reverse: bool) -> None:
        """Begin in the order of the last time."""
        if column in SORTABLE:
            self.listed.sort_by(column, reverse=reverse)

    def sort_next(self) -> None:
        """Sort by the next column that is shown."""
        shown = {column.key for column, _ in self.fitted}
        columns = [key for key in SORTABLE if not key or key in shown]
        now = self.listed.column
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
