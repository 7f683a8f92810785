"""Rows of the pane Runs: a run under its columns, a group with counts and a bar."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from itertools import accumulate, pairwise
from typing import TYPE_CHECKING, Any, cast

from gitbatch_tui.core.base.format import short
from gitbatch_tui.core.base.text import one_line
from gitbatch_tui.ui import present
from gitbatch_tui.ui.panes.run_columns import RunColumn, Sight, columns_for, order_of
from gitbatch_tui.ui.run_groups import RunGroup
from gitbatch_tui.ui.widgets.list_model import Cell

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Mapping, Sequence
    from datetime import datetime

    from gitbatch_tui.models import Run, State
    from gitbatch_tui.ui.run_groups import Row

BAR = 10
"""Cells of a bar."""
_NO_SKEW, _MINUTE = timedelta(), timedelta(minutes=1)
_TITLE = 11
"""Cells of most titles, so that bars stand below each other."""


@dataclass
class RunAdapter:
    """A run, or a group of runs, in a row."""

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
        return self.clock() + self.skews.get(run.remote, _NO_SKEW)

    def counts_seconds(self, row: Row) -> bool:
        """Tell whether a time in its row may be another one in a second."""
        if isinstance(row, RunGroup):
            return False
        is_young = row.submitted and self.now(row) - row.submitted < _MINUTE
        return bool(is_young) or not row.state.final

    def key(self, row: Row) -> Hashable:
        return row.key

    def cells(self, row: Row) -> Mapping[str, Cell] | Sequence[Cell]:
        if isinstance(row, RunGroup):
            return group_cells(row, self.sight)
        return {column.key: column.cell(row, self.sight) for column in self.columns}

    def words(self, row: Row) -> str:
        if isinstance(row, RunGroup):
            return row.title
        job, badge = str(row.job or ""), str(row.badge or "")
        known = (row.name, row.branch, row.commit, row.subject, row.submitter, job, badge, row.note)
        facts = (*known, *row.options, *row.tags)
        return " ".join((*facts, present.state_words(row), present.results_words(row)[0]))

    def order(self, column: str) -> Callable[[Row], Any]:
        # Groups are made of runs that are in order already.
        order = order_of(column, self.more) or (lambda _: 0)
        return cast("Callable[[Row], Any]", order)


def group_cells(group: RunGroup, sight: Sight) -> list[Cell]:
    """A group's name, a bar and counts of its states, and what its runs differ in."""
    fold = "▾" if group.is_open else "▸"
    first = group.runs[0]
    name = f"{first.remote}#{group.title}" if sight.several and group.is_sweep else group.title
    bar = [Cell("━" * cells, present.tone(state)) for state, cells in shares(group.counts).items()]
    counts = [
        Cell(f"{present.sign(state)}{number} ", present.tone(state))
        for state, number in group.counts.items()
    ]
    names = present.differing_names(group)
    commits = {run.commit for run in group.runs}
    commit = f"{first.branch} {short(first.commit)} {first.subject}" if len(commits) == 1 else ""
    title = Cell(f"{fold} {one_line(name):{_TITLE}} ", "bold")
    return [
        title,
        *bar,
        Cell(" "),
        *counts,
        Cell(f" {names} "),
        Cell(one_line(f" {commit}"), "dim"),
    ]


def shares(counts: Mapping[State, int]) -> dict[State, int]:
    """How many cells of a bar each state gets; one at least, where there is room for all."""
    total = sum(counts.values())
    ends = [0, *(round(part * BAR / total) for part in accumulate(counts.values()))]
    given = {state: end - begin for state, (begin, end) in zip(counts, pairwise(ends), strict=True)}
    for state in [state for state, cells in given.items() if not cells]:
        given[max(given, key=lambda other: given[other])] -= 1
        given[state] = 1
    return given
