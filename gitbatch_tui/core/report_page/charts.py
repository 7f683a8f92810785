"""Makes charts of what runs wrote: the columns of their tables, and metrics over the runs."""

from __future__ import annotations

from array import array
from itertools import pairwise
from typing import TYPE_CHECKING

from gitbatch_tui.core.base.text import one_line
from gitbatch_tui.core.compare.metrics import value_of
from gitbatch_tui.core.curves.curve import Curve
from gitbatch_tui.core.curves.runs import chart_of_runs
from gitbatch_tui.core.curves.svg import Chart, is_drawable
from gitbatch_tui.core.diffs.table import read_table

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from gitbatch_tui.core.compare.runs import RunTable
    from gitbatch_tui.core.report_page.written_files import WrittenFile

_POINTS = 200
"""As many columns of a curve as are drawn."""
_CURVES = 24
"""As many curves as one chart has."""
_CHARTS = 24


def charts_of_tables(files: Sequence[WrittenFile], data: Mapping[str, bytes]) -> list[Chart]:
    """A chart for each column of numbers in tables of one path, with a curve a run.

    The first column is what the others are drawn over, where it only rises; else the row is.
    """
    found: dict[str, dict[str, Sequence[tuple[float, float]]]] = {}
    for file in files:
        for column, curve in _curves_in(data.get(file.blob, b""), file.suffix):
            curves = found.setdefault(f"{one_line(file.path)}: {column}", {})
            if len(curves) < _CURVES:
                curves[file.run.name] = curve
    return [Chart(title, curves) for title, curves in list(found.items())[:_CHARTS]]


def charts_of_metrics(table: RunTable) -> list[Chart]:
    """A chart for each metric, over the runs in their order."""
    charts = (chart_of_runs(table, name) for name in table.drawable()[:_CHARTS])
    return [chart for chart in charts if len(chart.curves[""]) > 1]


def _curves_in(data: bytes, suffix: str) -> Iterator[tuple[str, list[tuple[float, float]]]]:
    try:
        table = read_table(data, suffix)
    except ValueError:
        return
    columns = [[value_of(cell) for cell in column] for column in zip(*table.rows, strict=False)]
    numbers = {
        name: [float(value) for value in column]
        for name, column in zip(table.names, columns, strict=False)
        if len(column) > 1 and all(is_drawable(value) for value in column)
    }
    first = table.names[0] if table.names else ""
    over = numbers.get(first, [])
    if over and len(numbers) > 1 and all(a < b for a, b in pairwise(over)):
        del numbers[first]
    else:
        over = [float(row) for row in range(1, len(table.rows) + 1)]
    for name, values in numbers.items():
        yield name, _thinned(list(zip(over, values, strict=False)))


def _thinned(curve: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """The curve with as many points as can be seen, all peaks among them."""
    if len(curve) <= 4 * _POINTS:
        return curve
    xs, ys = array("d", (x for x, _ in curve)), array("d", (y for _, y in curve))
    return Curve(xs, ys).points(_POINTS)
