"""Makes a chart of the last values of several runs: over a parameter, or side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gitbatch_tui.core.base.text import one_line
from gitbatch_tui.core.compare.runs import against_parameter
from gitbatch_tui.core.curves.svg import Chart, is_drawable
from gitbatch_tui.errors import Refused

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from gitbatch_tui.core.compare.metrics import Value
    from gitbatch_tui.core.compare.runs import RunTable

_WIDE = 100.0
"""The ratio of numbers above 0 from which on their scale is logarithmic."""


def chart_of_runs(table: RunTable, metric: str, parameter: str = "") -> Chart:
    """A point for each run that has a number of the metric.

    Over a parameter, numbers by their size and words side by side; without one, over the runs in
    their order. Raises `Refused` where no run has both.
    """
    if not parameter:
        points = _finite(enumerate(table.numbers(metric), 1))
        return Chart(metric, {"": points}, joined=False, across="run")
    table = against_parameter(table, parameter)
    places, words = _places([row.parameters[parameter] for row in table.rows])
    numbers = table.numbers(metric)
    curves = {
        row.run.name: point
        for row, x, y in zip(table.rows, places, numbers, strict=True)
        if (point := _finite([(x, y)]))
    }
    if not curves:
        raise Refused(f"No run has both a number {one_line(metric)} and {one_line(parameter)}.")
    is_wide = not words and min(places) > 0 and max(places) / min(places) >= _WIDE
    return Chart(metric, curves, joined=False, log_across=is_wide, across=parameter, places=words)


def _finite(points: Iterable[tuple[float, float | None]]) -> list[tuple[float, float]]:
    return [(float(x), y) for x, y in points if y is not None and is_drawable(y)]


def _places(values: Sequence[Value]) -> tuple[list[float], list[str]]:
    """The values as numbers; where one isn't, as places in a list of words, which comes, too."""
    numbers = [float(value) for value in values if is_drawable(value)]
    if len(numbers) == len(values):
        return numbers, []
    words = list(dict.fromkeys(map(str, values)))
    return [float(words.index(str(value))) for value in values], words
