"""Keys for the list of runs itself: marks, groups and its order."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import on

from gitbatch_tui.ui.panes.runs import RunsPane
from gitbatch_tui.ui.run_groups import WAYS
from gitbatch_tui.ui.screens.pane_focus import PaneScreen

if TYPE_CHECKING:
    from gitbatch_tui.ui.preferences import Preferences


class RunKeys(PaneScreen):
    """A screen that has the list of runs."""

    runs: RunsPane
    preferences: Preferences

    def action_mark(self) -> None:
        if self._can_mark():
            self.runs.toggle_mark()

    def action_range(self) -> None:
        if self._can_mark():
            self.runs.toggle_range()

    def _can_mark(self) -> bool:
        """Tell whether there is a run to mark; else say why not."""
        if self.pane != "runs":
            self.decline("Only runs can be marked: 3 goes to them.")
        elif self.runs.selected is None:
            self.decline("There is no run to mark.")
        else:
            return True
        return False

    def action_fold(self) -> None:
        if self.runs.selected is None:
            self.decline("There is no group of runs.")
        elif not self.runs.fold():
            self.decline("This run is in no group: b groups by branch or day.")

    def action_group(self) -> None:
        """Group by the next thing, and say which."""
        way = WAYS[(WAYS.index(self.runs.groups.way) + 1) % len(WAYS)]
        self.runs.group_by(way)
        self.preferences.remember(group=way)
        grouped = "not grouped" if way == "nothing" else f"grouped by {way}"
        self.app.notify(f"Runs are {grouped}.")

    def action_sort(self) -> None:
        self.runs.sort_next()
        self._remember_order()

    def action_reverse(self) -> None:
        self.runs.sort_by(self.runs.model.column, reverse=not self.runs.model.reverse)
        self._remember_order()

    @on(RunsPane.Ordered)
    def _remember_order(self) -> None:
        model = self.runs.model
        self.preferences.remember(sort=model.column, reverse=model.reverse)
