"""Draws curves as SVG: the columns of tables that runs wrote, and metrics over the runs."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from itertools import pairwise
from typing import TYPE_CHECKING

from gitbatch_tui.core.base.text import one_line
from gitbatch_tui.core.compare.metrics import value_of
from gitbatch_tui.core.diffs.table import read_table

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from gitbatch_tui.core.compare.runs import RunTable
    from gitbatch_tui.core.report_page.written_files import WrittenFile

COLOURS = ("#0b62a4", "#c44e00", "#2e7d32", "#7b1fa2", "#b71c1c", "#00695c", "#5d4037", "#37474f")
_WIDTH, _HEIGHT, _EDGE = 560, 220, 44
_POINTS = 400
"""As many points of a curve as are drawn."""
_CURVES = 24
"""As many curves as one chart has."""
_CHARTS = 24


@dataclass(frozen=True)
class Chart:
    """Curves with one scale."""

    title: str
    curves: Mapping[str, Sequence[tuple[float, float]]]
    """By the names of runs."""
    joined: bool = True
    """Whether the points belong together as a line; runs beside each other don't."""


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
    charts = []
    for name in table.drawable()[:_CHARTS]:
        numbers = enumerate(table.numbers(name), 1)
        known = [(float(at), number) for at, number in numbers if number is not None]
        curve = [(at, number) for at, number in known if _is_drawable(number)]
        if len(curve) > 1:
            charts.append(Chart(name, {"": curve}, joined=False))
    return charts


def svg(chart: Chart) -> str:
    """The chart as an element of HTML."""
    points = [point for curve in chart.curves.values() for point in curve]
    across, up = _scale([x for x, _ in points]), _scale([y for _, y in points])
    parts = [
        f'<svg viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" aria-label="{_text(chart.title)}">',
        f'<path class="axis" d="M{_EDGE} 10V{_HEIGHT - 24}H{_WIDTH - 8}"/>',
        f'<text x="{_EDGE - 4}" y="18" text-anchor="end">{up[1]:.4g}</text>',
        f'<text x="{_EDGE - 4}" y="{_HEIGHT - 26}" text-anchor="end">{up[0]:.4g}</text>',
        f'<text x="{_EDGE}" y="{_HEIGHT - 8}">{across[0]:.6g}</text>',
        f'<text x="{_WIDTH - 8}" y="{_HEIGHT - 8}" text-anchor="end">{across[1]:.6g}</text>',
    ]
    for at, (name, curve) in enumerate(chart.curves.items()):
        places = _places(curve, across, up)
        parts.append((_line if chart.joined else _dots)(name, places, COLOURS[at % len(COLOURS)]))
    return "".join((*parts, "</svg>"))


Scale = tuple[float, float]


Places = Sequence[tuple[float, float]]


def _places(curve: Places, across: Scale, up: Scale) -> Places:
    """Where the points of a curve are drawn."""
    wide, high = _WIDTH - 8 - _EDGE, _HEIGHT - 34
    return [
        (
            _EDGE + (x - across[0]) / (across[1] - across[0]) * wide,
            _HEIGHT - 24 - (y - up[0]) / (up[1] - up[0]) * high,
        )
        for x, y in curve
    ]


def _line(name: str, places: Places, colour: str) -> str:
    drawn = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
    return f'<polyline points="{drawn}" stroke="{colour}"><title>{_text(name)}</title></polyline>'


def _dots(_: str, places: Places, colour: str) -> str:
    return "".join(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{colour}"/>' for x, y in places)


def _curves_in(data: bytes, suffix: str) -> Iterator[tuple[str, list[tuple[float, float]]]]:
    try:
        table = read_table(data, suffix)
    except ValueError:
        return
    columns = [[value_of(cell) for cell in column] for column in zip(*table.rows, strict=False)]
    numbers = {
        name: [float(value) for value in column]
        for name, column in zip(table.names, columns, strict=False)
        if len(column) > 1 and all(_is_drawable(value) for value in column)
    }
    first = table.names[0] if table.names else ""
    over = numbers.get(first, [])
    rises = len(numbers) > 1 and all(a < b for a, b in pairwise(over))
    for name, values in numbers.items():
        if over and rises and name == first:
            continue
        xs: Iterable[float] = over if over and rises else map(float, range(1, len(values) + 1))
        yield name, _thinned(list(zip(xs, values, strict=False)))


def _thinned(curve: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """With as many points as can be seen; the last one is always there."""
    step = max(1, math.ceil(len(curve) / _POINTS))
    return [*curve[:-1:step], curve[-1]]


def _is_drawable(value: object) -> bool:
    return isinstance(value, int | float) and abs(value) < 1e300  # noqa: PLR2004  # no infinity


def _scale(values: Sequence[float]) -> Scale:
    low, high = min(values), max(values)
    return (low, high) if low < high else (low - 0.5 * (abs(low) or 1), low + 0.5 * (abs(low) or 1))


def _text(text: str) -> str:
    return escape(one_line(text), quote=True)
