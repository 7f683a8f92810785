"""Columns of the pane Runs that say how much of what was asked for a run used."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gitbatch_tui.core.runs.usage import LITTLE, cpu_share, memory_words, time_share
from gitbatch_tui.ui.panes.run_columns import RunColumn
from gitbatch_tui.ui.widgets.list_model import Cell

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime

    from gitbatch_tui.models import Run
    from gitbatch_tui.ui.panes.run_columns import Sight

_NOTHING = -1.0
"""What a run is sorted by of which nobody has told."""


def _percent(name: str, share: Callable[[Run, datetime | None], float | None]) -> RunColumn:
    def cell(run: Run, sight: Sight) -> Cell:
        amount = share(run, sight.now(run))
        if amount is None:
            return Cell("")
        # Of a run that goes on, little isn't too little yet.
        tone = "warning" if run.state.final and amount <= LITTLE else ""
        return Cell(f"{100 * amount:.0f} %", tone)

    def order(run: Run) -> float:
        amount = share(run, None)
        return _NOTHING if amount is None else amount

    return RunColumn(f"used:{name}", name, 6, right=True, rank=3, cell=cell, order=order)


def _cpu(run: Run, _: datetime | None) -> float | None:
    return cpu_share(run.used) if run.used else None


def _memory(run: Run) -> float:
    amount = run.used.memory if run.used else None
    return _NOTHING if amount is None else amount


USED = {
    "cpu used": _percent("cpu", _cpu),
    "memory used": RunColumn("used:mem", "mem", 8, most=15, right=True, rank=3,
                             cell=lambda run, _: Cell(memory_words(run)), order=_memory),
    "time used": _percent("time", time_share),
}  # fmt: skip
"""By the names by which a person chooses them."""


def told_of(runs: Iterable[Run]) -> list[str]:
    """The names of those columns, where any of the runs had asked for something."""
    return list(USED) if any(map(_has_asked, runs)) else []


def _has_asked(run: Run) -> bool:
    used = run.used
    asked = used and (used.cores or used.memory_asked or used.limit)
    return bool(asked or run.deadline)
