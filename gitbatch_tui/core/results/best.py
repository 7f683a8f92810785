"""Finds the run that measured the best value, among those of a sweep or any others."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from gitbatch_tui.core.base.text import one_line
from gitbatch_tui.core.compare.runs import line_up
from gitbatch_tui.errors import Refused
from gitbatch_tui.models import Results, State

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gitbatch_tui.core.batch.batch import Batch
    from gitbatch_tui.core.compare.runs import RunTable
    from gitbatch_tui.models import Run


def best_of(batch: Batch, runs: Sequence[Run], wish: str) -> tuple[Run, str]:
    """The run with the least value of a metric, with `-METRIC` the greatest; and that value.

    Only runs that succeeded count. Raises `Refused` where none of them has a number there.
    """
    return best_in(candidates(batch, runs), wish)


def candidates(batch: Batch, runs: Sequence[Run]) -> RunTable:
    """Return what those runs measured that succeeded; raises `Refused` where none left results."""
    able = [
        run
        for run in runs
        if run.state is State.SUCCEEDED and run.results in {Results.WAITING, Results.PULLED}
    ]
    if not able:
        raise Refused(_none_of(runs))
    return line_up([(batch, run) for run in able])


def _none_of(runs: Sequence[Run]) -> str:
    going = sum(not run.state.final for run in runs)
    if not going:
        return "None of these runs has succeeded and left results."
    go_on = "goes on" if going == 1 else "go on"
    return (
        f"None of these runs has succeeded and left results yet, and {going} of {len(runs)} "
        f"{go_on}: wait for the end, or name other runs."
    )


def best_in(table: RunTable, wish: str) -> tuple[Run, str]:
    """The best of the runs in a table, as `best_of` has it.

    NaN and infinite values are none: a run that diverged is not the best one.
    """
    metric, greatest = wish.removeprefix("-"), wish.startswith("-")
    numbers = {
        row.run.number: (row.run, number)
        for row in table.rows
        if isinstance(number := row.metrics.get(metric), int | float) and math.isfinite(number)
    }
    if not numbers:
        there = ", ".join(map(one_line, table.measured())) or "none"
        raise Refused(
            f"{' or '.join(map(one_line, table.files))} of these runs has no number "
            f"{one_line(metric)}; known: {there}."
        )
    choose = max if greatest else min
    run, number = choose(numbers.values(), key=lambda pair: pair[1])
    return run, f"{one_line(metric)} {number if isinstance(number, int) else f'{number:g}'}"
