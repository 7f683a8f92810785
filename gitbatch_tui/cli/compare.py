"""The command that sets runs side by side."""

from __future__ import annotations

import shutil
import sys
from typing import TYPE_CHECKING, Any

import click

from gitbatch_tui.cli.listing import json_of
from gitbatch_tui.cli.names import all_runs, completing, json_option, svg_option
from gitbatch_tui.cli.opening import home_sides, opened
from gitbatch_tui.cli.output import note, print_json, say, status
from gitbatch_tui.cli.table import table
from gitbatch_tui.core.base.files import write
from gitbatch_tui.core.compare.dots import plot
from gitbatch_tui.core.compare.runs import cells, environment_lines, line_up, not_written
from gitbatch_tui.core.curves.runs import chart_of_runs
from gitbatch_tui.core.curves.svg import svg_file
from gitbatch_tui.core.runs.groups import expand
from gitbatch_tui.errors import Refused

if TYPE_CHECKING:
    from pathlib import Path

    from gitbatch_tui.core.compare.runs import RunRow, RunTable


@click.command()
@click.argument("names", metavar="RUN...", nargs=-1, shell_complete=completing(all_runs))
@click.option("--last", type=click.IntRange(1), metavar="N", help="Also the N newest runs.")
@click.option(
    "--metrics",
    "path",
    metavar="PATH",
    default="",
    help="The file of the results with what was measured: a JSON object, CSV or JSON "
    "lines. Else git's gitbatch.metrics says which, or it is metrics.json, .csv or .jsonl.",
)
@click.option("--sort", metavar="COLUMN", help="Sort by a column; -COLUMN is downwards.")
@click.option("--plot", "drawn", metavar="COLUMN", help="Draw this metric, not the first one.")
@click.option("--against", metavar="PARAMETER", help="Draw it against this parameter.")
@svg_option
@json_option
def compare(  # noqa: PLR0913  # one for each option
    names: tuple[str, ...],
    *,
    last: int | None,
    path: str,
    sort: str | None,
    drawn: str | None,
    against: str | None,
    target: Path | None,
    as_json: bool,
) -> None:
    """Compare parameters, durations, metrics and environments of runs.

    RUN is 42, 12-23, sweep:42, or a branch. What differs in the environments is shown below the
    table. In a terminal, the last value of a metric in each run is plotted, too; `plot` draws a
    metric over steps.

    JSON: a list, each with run (as `show --json` has it), took (seconds), parameters, metrics,
    environment (what isn't the same for all), inherited (whether the file with metrics is as it
    came with the commit; then nothing of it is taken for the run's).
    """
    with opened() as (clone, hosts), status("asking for the runs"):
        chosen = expand(clone, hosts, names, last)
        if not chosen:
            raise click.UsageError("Which runs? 12-23, sweep:42, a branch, or --last N.")
        sides = home_sides(clone, hosts, chosen)
        side_by_side = line_up(sides, path)
    if sort:
        side_by_side = side_by_side.sorted_by(sort.removeprefix("-"), reverse=sort.startswith("-"))
    metric = _metric(side_by_side, drawn, needed=bool(against or target))
    if target:
        write(target, svg_file(chart_of_runs(side_by_side, metric, against or "")).encode())
    if as_json:
        print_json([_json(row) for row in side_by_side.rows])
        return
    _print(side_by_side)
    if metric and (sys.stdout.isatty() or drawn or against):
        _draw(side_by_side, metric, against or "")


def _metric(side_by_side: RunTable, wanted: str | None, *, needed: bool) -> str:
    """The metric to draw: the one that is wanted, else the first; empty where there is none."""
    there = side_by_side.drawable()
    if wanted and wanted not in there:
        names = ", ".join(there) or "none"
        raise Refused(f"{wanted} is no metric of two runs; known: {names}.")
    if needed and not there:
        raise Refused("There is no metric that two of these runs have a number of.")
    return wanted or next(iter(there), "")


def _json(row: RunRow) -> dict[str, Any]:
    return {
        "run": json_of(row.run),
        "took": row.took,
        "parameters": dict(row.parameters),
        "metrics": dict(row.metrics),
        "environment": dict(row.environment),
        "inherited": bool(row.inherited),
    }


def _print(side_by_side: RunTable) -> None:
    for line in table(cells(side_by_side), whole=not sys.stdout.isatty()):
        say(line)
    for line in environment_lines(side_by_side):
        say(line)
    if words := not_written(side_by_side):
        note(words)


def _draw(side_by_side: RunTable, metric: str, against: str) -> None:
    say()
    for line in plot(side_by_side, metric, shutil.get_terminal_size()[0], against):
        say(line)
