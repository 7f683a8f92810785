"""The columns of the pane Runs: for each its name, its text of a run, and what it is sorted by."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from math import isnan
from typing import TYPE_CHECKING, Any

from rich.cells import cell_len

from gitbatch_tui.core.base.format import age, percent, short, took
from gitbatch_tui.core.base.text import one_line
from gitbatch_tui.core.runs.parameters import differing, parameters_of
from gitbatch_tui.core.runs.usage import LITTLE, cpu_share, memory_words, time_share
from gitbatch_tui.models import Run, State
from gitbatch_tui.ui import present
from gitbatch_tui.ui.state import is_nameless
from gitbatch_tui.ui.widgets.list_model import Cell, Column

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from datetime import datetime


@dataclass
class Sight:
    """The facts of a list that cells of its runs depend on."""

    now: Callable[[Run], datetime]
    """The time on a run's server."""
    several: bool = False
    """Whether runs of more than one remote are shown."""
    names: tuple[str, ...] = ()
    """The parameters that aren't the same in all runs that are listed."""
    widths: Mapping[str, int] = field(default_factory=dict)
    """Cells for the values of each of them in most of these runs."""
    longest: int = 0
    """Cells of the longest name of a run."""
    grouped: bool = False
    """Whether the runs of a sweep stand below its row."""
    tagged: bool = False
    """Whether any of them has tags."""


@dataclass(frozen=True)
class RunColumn(Column):
    """A column, by which runs can be sorted."""

    cell: Callable[[Run, Sight], Cell] = field(kw_only=True)
    order: Callable[[Run], Any] = field(kw_only=True)
    """A value to sort by; smaller comes first, None last."""
    fits: Callable[[Sight], bool] = field(default=lambda _: True, kw_only=True)
    """Whether there is anything to say in it."""


def _name(run: Run, sight: Sight) -> Cell:
    name = run.name if sight.several else str(run.number)
    indent = " " if sight.grouped and run.sweep else ""
    return Cell("" if is_nameless(run) else f"{indent}{name}", "bold")


def _state(run: Run, _: Sight) -> Cell:
    doubtful = run.as_of is not None and not run.state.final
    return Cell(present.state_words(run), "dim" if doubtful else present.run_tone(run))


def _rank(value: str | None) -> tuple[int, float, str] | None:
    """Numbers by their size, then texts."""
    if value is None:
        return None
    try:
        number = float(value)
    except ValueError:
        return 1, 0.0, value
    return (1, 0.0, value) if isnan(number) else (0, number, "")


_STATES = {state: place for place, state in enumerate(State)}

COLUMNS = (
    RunColumn("run", "run", 4, share=1, cell=_name, order=lambda run: run.key),
    RunColumn("state", "state", 13, most=30, share=2, cell=_state,
              order=lambda run: (_STATES[run.state], run.exit or 0)),
    RunColumn("branch", "branch", 6, most=30, share=2, rank=2,
              cell=lambda run, _: Cell(run.branch), order=lambda run: run.branch),
    RunColumn("commit", "commit", 7, rank=5,
              cell=lambda run, _: Cell(short(run.commit), "dim"), order=lambda run: run.commit),
    RunColumn("subject", "subject", 10, most=90, share=4, rank=8,
              cell=lambda run, _: Cell(run.subject), order=lambda run: run.subject.lower()),
    RunColumn("tags", "tags", 6, most=20, share=1, rank=5, fits=lambda sight: sight.tagged,
              cell=lambda run, _: Cell(" ".join(run.tags), "accent"),
              order=lambda run: run.tags or None),
    RunColumn("age", "age", 4, right=True,
              cell=lambda run, sight: Cell(age(run.submitted, sight.now(run)), "dim"),
              order=lambda run: -run.submitted.timestamp() if run.submitted else None),
    RunColumn("took", "took", 6, right=True, rank=6,
              cell=lambda run, sight: Cell(took(run, sight.now(run))), order=Run.lasted),
    RunColumn("job", "job", 5, most=12, share=1, rank=7,
              cell=lambda run, _: Cell(run.job.id if run.job else "", "dim"),
              order=lambda run: (run.job.scheduler, run.job.id.zfill(12)) if run.job else None),
    RunColumn("results", "results", 10, most=12, share=1, rank=3,
              cell=lambda run, _: Cell(*present.results_words(run)),
              order=lambda run: run.results.value),
    RunColumn("submitter", "by", 10, most=24, share=1, rank=9,
              cell=lambda run, _: Cell(run.submitter, "dim"), order=lambda run: run.submitter),
)  # fmt: skip
"""In the order in which they are shown."""
OPTION = "option:"
"""How the keys of columns of parameters begin."""
_MEASURED = 200
"""Rows whose values say how wide a parameter's column is."""
_MOST = 8
"""Parameters that get a column."""
_FIRST = 3
"""Parameters that stay where there is little room."""
_WIDEST = 16
_NAMED = 24
"""Cells of a run's name that always stay, if it has so many."""


def look_at(runs: Sequence[Run], sight: Sight) -> None:
    """Take in what is listed now."""
    sight.names = names = differing(runs)[:_MOST]
    widths = {name: cell_len(name) for name in names}
    for run in runs[:_MEASURED] if names else ():
        for name, value in parameters_of(run).items():
            if name in widths:
                widths[name] = max(widths[name], cell_len(value))
    sight.widths = widths
    names_of_runs = (cell_len(_name(run, sight).text) for run in runs[:_MEASURED])
    sight.longest = max(names_of_runs, default=0)
    sight.tagged = any(run.tags for run in runs)


def columns_for(sight: Sight, more: Sequence[RunColumn] = ()) -> tuple[RunColumn, ...]:
    """The columns that a list has; parameters come before the commit, and others behind them."""
    first, *others = COLUMNS
    longest = max(first.width, sight.longest)
    named = replace(first, width=min(longest, _NAMED), most=longest)
    fitting = [named, *(column for column in others if column.fits(sight))]
    at = next(index for index, column in enumerate(fitting) if column.key == "commit")
    parameters = [
        _parameter(name, sight.widths[name], 1 if place < _FIRST else 4)
        for place, name in enumerate(sight.names)
    ]
    return (*fitting[:at], *parameters, *(own for own in more if own.fits(sight)), *fitting[at:])


def order_of(key: str, more: Sequence[RunColumn] = ()) -> Callable[[Run], Any] | None:
    """Return what a column is sorted by, shown or not; None for a key that is unknown."""
    if key.startswith(OPTION):
        return _order_of_option(f"{key.removeprefix(OPTION)}=")
    return next((column.order for column in (*COLUMNS, *more) if column.key == key), None)


def _order_of_option(prefix: str) -> Callable[[Run], tuple[int, float, str] | None]:
    """Return what runs are sorted by for a parameter; most of them have the value of another."""
    ranks: dict[str | None, tuple[int, float, str] | None] = {}

    def order(run: Run) -> tuple[int, float, str] | None:
        value = None
        for option in run.options:
            if option.startswith(prefix):
                value = option[len(prefix) :]
        if value not in ranks:
            ranks[value] = _rank(value)
        return ranks[value]

    return order


def _parameter(name: str, width: int, rank: int) -> RunColumn:
    key = f"{OPTION}{name}"
    return RunColumn(
        key,
        one_line(name),
        min(width, _WIDEST),
        most=width,
        share=2,
        rank=rank,
        cell=lambda run, _: Cell(parameters_of(run).get(name, ""), "accent"),
        order=order_of(key) or str,
    )


def _percent(name: str, share: Callable[[Run, datetime | None], float | None]) -> RunColumn:
    def cell(run: Run, sight: Sight) -> Cell:
        amount = share(run, sight.now(run))
        if amount is None:
            return Cell("")
        # Of a run that goes on, little isn't too little yet.
        tone = "warning" if run.state.final and amount <= LITTLE else ""
        return Cell(percent(amount), tone)

    return RunColumn(
        f"used:{name}", name, 6, right=True, rank=3, cell=cell, order=lambda run: share(run, None)
    )


def _cpu(run: Run, _: datetime | None) -> float | None:
    return cpu_share(run.used) if run.used else None


def _memory(run: Run) -> float | None:
    return run.used.memory if run.used else None


USED = {
    "cpu used": _percent("cpu", _cpu),
    "memory used": RunColumn("used:mem", "mem", 8, most=15, right=True, rank=3,
                             cell=lambda run, _: Cell(memory_words(run)), order=_memory),
    "time used": _percent("time", time_share),
}  # fmt: skip
"""By the names by which a person chooses them."""


def usage_names_of(runs: Iterable[Run]) -> list[str]:
    """The names of those columns, where any of the runs had asked for something."""
    return list(USED) if any(map(_has_asked, runs)) else []


def _has_asked(run: Run) -> bool:
    used = run.used
    asked = used and (used.cores or used.memory_asked or used.limit)
    return bool(asked or run.deadline)
