"""The command that draws metrics over steps."""

from __future__ import annotations

import shutil
import sys
from typing import TYPE_CHECKING, Any

import click

from gitbatch_tui.cli.names import all_runs, completing, json_option, svg_option
from gitbatch_tui.cli.opening import named_sides, opened
from gitbatch_tui.cli.output import note, print_json, say, status
from gitbatch_tui.core.base.files import write
from gitbatch_tui.core.base.text import one_line
from gitbatch_tui.core.curves.braille import NOBODY
from gitbatch_tui.core.curves.curve import colour
from gitbatch_tui.core.curves.opening import MOST, open_metrics
from gitbatch_tui.core.curves.picture import CurveStyle, draw
from gitbatch_tui.core.curves.svg import chart_over_steps, svg_file
from gitbatch_tui.core.runs.groups import expand
from gitbatch_tui.core.runs.parameters import differing, named
from gitbatch_tui.errors import Refused

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from gitbatch_tui.core.curves.curve import Curve
    from gitbatch_tui.core.curves.picture import Line
    from gitbatch_tui.core.curves.reading import RunMetrics

HEIGHT = 24
"""Lines of a picture in a terminal, at most."""


@click.command()
@click.argument("names", metavar="RUN...", nargs=-1, shell_complete=completing(all_runs))
@click.option("--last", type=click.IntRange(1), metavar="N", help="Also the N newest runs.")
@click.option("--metric", metavar="NAME", help="Draw this metric, not the first one.")
@click.option(
    "--metrics", "path", metavar="PATH", default="", help="The file with metrics; see above."
)
@click.option("--log", is_flag=True, help="On a logarithmic scale.")
@click.option(
    "--smooth",
    type=click.IntRange(0, 100),
    metavar="PERCENT",
    default=0,
    help="Draw means of so many of all values instead of each.",
)
@svg_option
@json_option
def plot(  # noqa: PLR0913  # one for each option
    names: tuple[str, ...],
    *,
    last: int | None,
    metric: str | None,
    path: str,
    log: bool,
    smooth: int,
    target: Path | None,
    as_json: bool,
) -> None:
    """Draw a metric over steps, of runs that are over or still go on.

    RUN is 42, 12-23, sweep:42, or a branch. The file with metrics is what git's gitbatch.metrics
    says, else metrics.csv, metrics.jsonl or metrics.json: docs/metrics.md. `compare` draws the
    last value in each run, also against a parameter.

    JSON: metric, metrics (the names of all), runs, each with run (its name), steps, values, notes
    (what could not be read, in words).
    """
    with opened() as (clone, hosts), status("asking for the runs") as line:
        chosen = expand(clone, hosts, names, last)
        if not chosen:
            raise click.UsageError("Which runs? 12-23, sweep:42, a branch, or --last N.")
        if len(chosen) > MOST:
            raise Refused(f"{len(chosen)} runs are too many for a picture, which has {MOST}.")
        metrics = open_metrics(named_sides(clone, hosts, chosen), path)
        line.doing("reading metrics")
        for each in metrics:
            _read(each)
    metric = _metric(metrics, metric)
    style = CurveStyle(log=log, smoothing=smooth / 100)
    apart = differing(each.run for each in metrics)
    curves = {named(each.run, apart): each.columns.curve(metric) for each in metrics}
    if target:
        write(target, svg_file(chart_over_steps(metric, curves, style)).encode())
    if as_json:
        print_json(_json(metrics, metric))
        return
    _show(metric, curves, style)
    _note(metrics, metric)


def _read(metrics: RunMetrics) -> None:
    for _ in metrics.update():
        pass
    if metrics.run.state.final:
        metrics.finish()
    metrics.close()


def _metric(metrics: Sequence[RunMetrics], wanted: str | None) -> str:
    """The metric to draw; raises `Refused` with those that there are."""
    names = list(dict.fromkeys(name for each in metrics for name in each.columns.names))
    if wanted in names or (names and wanted is None):
        return wanted or names[0]
    if names:
        raise Refused(f"There is no metric {one_line(wanted or '')}; known: {', '.join(names)}.")
    words = "; ".join(f"{each.run.name}: {note}" for each in metrics for note in each.notes())
    why = (words or "The files have no numbers").removesuffix(".")
    raise Refused(f"There are no metrics to draw. {why}.")


def _json(metrics: Sequence[RunMetrics], metric: str) -> dict[str, Any]:
    names = dict.fromkeys(name for each in metrics for name in each.columns.names)
    rows = []
    for each in metrics:
        curve = each.columns.curve(metric)
        values = {"steps": list(curve.xs), "values": list(curve.ys)}
        rows.append({"run": each.run.name, **values, "notes": [*curve.notes, *each.notes()]})
    return {"metric": metric, "metrics": list(names), "runs": rows}


def _show(metric: str, curves: Mapping[str, Curve], style: CurveStyle) -> None:
    width, height = shutil.get_terminal_size()
    say(metric)
    room = max(8, min(HEIGHT, height - len(curves) - 4))
    for line in draw(list(curves.values()), width, room, style):
        click.echo(_coloured(line))
    for number, (name, curve) in enumerate(curves.items()):
        sign = click.style("━━", fg=_rgb(number)) if sys.stdout.isatty() else "-"
        value = f"{curve.ys[-1]:.6g}" if curve.ys else "-"
        click.echo(f"{sign} {one_line(name)}  {value}")


def _coloured(line: Line) -> str:
    if not sys.stdout.isatty():
        return "".join(text for _, text in line).rstrip()
    return "".join(
        text if owner == NOBODY else click.style(text, fg=_rgb(owner)) for owner, text in line
    )


def _rgb(number: int) -> tuple[int, int, int]:
    red, green, blue = bytes.fromhex(colour(number).removeprefix("#"))
    return red, green, blue


def _note(metrics: Sequence[RunMetrics], metric: str) -> None:
    for each in metrics:
        notes = [*each.columns.curve(metric).notes, *each.notes()]
        if notes:
            note(f"{each.run.name}: {'; '.join(notes)}")
