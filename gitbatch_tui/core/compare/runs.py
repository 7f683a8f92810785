"""Sets runs side by side: parameters, what they measured, how long they took, and where."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from gitbatch_tui.core.base.format import duration
from gitbatch_tui.core.base.text import one_line
from gitbatch_tui.core.batch.delivery import on_their_way
from gitbatch_tui.core.batch.fetch import fetch_results
from gitbatch_tui.core.compare import environments
from gitbatch_tui.core.compare.metrics import STEPS, measured_by, value_files, value_of
from gitbatch_tui.core.runs.record_files import environments_of
from gitbatch_tui.errors import Refused
from gitbatch_tui.models import Results

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from gitbatch_tui.core.batch.batch import Batch
    from gitbatch_tui.core.compare.metrics import Value
    from gitbatch_tui.models import Run

_OWN = ("run", "state", "took")
_MEASURED = " (measured)"
"""What tells the column of a metric from that of a parameter of its name."""


@dataclass(frozen=True)
class RunRow:
    """A run among others."""

    run: Run
    took: float | None
    """Seconds; None where it never began."""
    parameters: Mapping[str, Value]
    metrics: Mapping[str, Value]
    environment: Mapping[str, str]
    """Only what isn't the same for all; packages by their names."""
    inherited: str = ""
    """The file with metrics that is as it came with the commit; the run may have left it alone."""

    def value(self, column: str) -> Value | None:
        """The value in a column; None where there is none."""
        own: dict[str, Value | None] = {
            "run": self.run.number,
            "state": self.run.state.words,
            "took": self.took,
        }
        for facts in (own, self.parameters, self.metrics, self.environment):
            if column in facts:
                return facts[column]
        return self.metrics.get(column.removesuffix(_MEASURED))

    def words(self, column: str) -> str:
        """The text in a column; `-` where there is no value."""
        value = self.value(column)
        if column == "run":
            return self.run.name
        if value is None:
            return "-"
        if column == "took":
            return duration(timedelta(seconds=self.took or 0))
        return f"{value:.6g}" if isinstance(value, float) else str(value)


@dataclass(frozen=True)
class RunTable:
    """The runs, in an order, and the columns that they have."""

    rows: tuple[RunRow, ...]
    parameters: tuple[str, ...]
    metrics: tuple[str, ...]
    environment: tuple[str, ...]
    files: tuple[str, ...] = ()
    """Where metrics were looked for."""
    packages: frozenset[str] = frozenset()
    """Those names of the environments that are packages."""

    @property
    def columns(self) -> tuple[str, ...]:
        """The names of all columns; the table can be sorted by any of them."""
        return tuple(dict.fromkeys((*_OWN, *self.parameters, *map(self.column_of, self.metrics))))

    def column_of(self, metric: str) -> str:
        """The name of its column."""
        return f"{metric}{_MEASURED}" if metric in (*_OWN, *self.parameters) else metric

    def sorted_by(self, column: str, *, reverse: bool = False) -> RunTable:
        """Sort by a column, numbers by size; raises `Refused` for one that isn't there.

        In either direction, words and NaN come after numbers, and those that have nothing last.
        """
        if column not in (*self.columns, *self.environment):
            names = ", ".join(self.columns)
            raise Refused(f"There is no column {one_line(column)} to sort by; known: {names}.")
        ordered = sorted(self.rows, key=lambda row: _rank(row.value(column)), reverse=reverse)
        ordered.sort(key=lambda row: _rank(row.value(column))[0])
        return replace(self, rows=tuple(ordered))

    def numbers(self, metric: str) -> list[float | None]:
        """The values of a metric that can be drawn."""
        values = (row.metrics.get(metric) for row in self.rows)
        return [float(value) if isinstance(value, int | float) else None for value in values]

    def measured(self, least: int = 1) -> tuple[str, ...]:
        """The metrics that are numbers in so many runs at least; steps come last."""
        names = (
            name
            for name in self.metrics
            if sum(number is not None for number in self.numbers(name)) >= least
        )
        return tuple(sorted(names, key=lambda name: name.lower() in STEPS))

    def drawable(self) -> tuple[str, ...]:
        """The metrics that are numbers in two runs at least; steps come last."""
        return self.measured(least=2)


def line_up(sides: Sequence[tuple[Batch, Run]], path: str = "") -> RunTable:
    """Read what there is to know of these runs; results that aren't here are fetched.

    `path` is the file with metrics; without one, git's `gitbatch.metrics` or the usual names are
    meant. Raises `Refused` where some are still on their way. Of no runs, the table is empty.
    """
    if not sides:
        return RunTable((), (), (), ())
    _fetch(sides)
    runs = [run for _, run in sides]
    clone = sides[0][0].clone
    files = value_files(clone, path)
    measured = measured_by(clone, runs, files)
    surroundings = environments_of(clone, runs)
    facts_of_runs = [environments.facts_of(each) for each in surroundings]
    differing = environments.differing(facts_of_runs)
    rows = tuple(
        RunRow(
            run=run,
            took=None if (took := run.lasted()) is None else took.total_seconds(),
            parameters=dict(_parameters(run)),
            metrics=own.values,
            environment={key: facts[key] for key in differing if key in facts},
            inherited=own.inherited,
        )
        for run, own, facts in zip(runs, measured, facts_of_runs, strict=True)
    )
    return RunTable(
        rows,
        _names([row.parameters for row in rows]),
        _names([row.metrics for row in rows]),
        tuple(differing),
        files,
        frozenset(name for each in surroundings for name, _ in environments.packages_of(each)),
    )


def _fetch(sides: Sequence[tuple[Batch, Run]]) -> None:
    for _, run in sides:
        if run.results is Results.ON_THEIR_WAY:
            raise Refused(on_their_way(run))
    for batch in {batch.remote: batch for batch, _ in sides}.values():
        fetch_results(batch, [run for other, run in sides if other.remote == batch.remote])


def not_written(table: RunTable) -> str:
    """Say why there are no metrics: they were another run's, or there are none; else empty."""
    inherited = [row for row in table.rows if row.inherited]
    if inherited:
        files = " or ".join(dict.fromkeys(one_line(row.inherited) for row in inherited))
        names = ", ".join(row.run.name for row in inherited)
        return f"{files} came with the commit, and was not changed by this run: {names}."
    files = " or ".join(map(one_line, table.files))
    if table.metrics:
        return ""
    return f"There are no metrics: none of the results has {files} with names and values in it."


def environment_lines(table: RunTable) -> list[str]:
    """Say what differs in the environments, in a few lines: all packages are one of them."""
    rows = [row.environment for row in table.rows]
    return environments.lines_of(rows, table.environment, table.packages)


def cells(table: RunTable) -> list[list[str]]:
    """The table in words, its header first; states only where they aren't all the same.

    Environments are told of in lines of their own: `environment_lines`.
    """
    states = {row.run.state for row in table.rows}
    columns = [name for name in table.columns if name != "state" or len(states) > 1]
    rows = [[row.words(column) for column in columns] for row in table.rows]
    return [columns, *rows]


def against_parameter(table: RunTable, name: str) -> RunTable:
    """The runs that have a parameter, by its value; raises `Refused` where there is none."""
    if name not in table.parameters:
        names = ", ".join(table.parameters) or "none"
        raise Refused(f"There is no parameter {one_line(name)}; known: {names}.")
    rows = tuple(row for row in table.rows if name in row.parameters)
    return replace(table, rows=rows).sorted_by(name)


def _names(mappings: Sequence[Mapping[str, Value]]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for mapping in mappings for name in mapping))


def _parameters(run: Run) -> Iterator[tuple[str, Value]]:
    for option in run.options:
        name, _, value = option.partition("=")
        yield one_line(name), value_of(value)


def _rank(value: Value | None) -> tuple[int, float, str]:
    """Numbers by size, then words, then nothing."""
    if isinstance(value, int | float) and not math.isnan(value):
        return 0, value, ""
    return (2, 0, "") if value is None else (1, 0, str(value))
