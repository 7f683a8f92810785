"""Draws curves and points as SVG, for a page or as a file of its own."""

from __future__ import annotations

import math
from dataclasses import dataclass
from html import escape
from itertools import groupby
from typing import TYPE_CHECKING

from gitbatch_tui.core.base.text import one_line
from gitbatch_tui.core.curves.curve import colour
from gitbatch_tui.core.curves.scale import Scale

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from gitbatch_tui.core.curves.curve import Curve
    from gitbatch_tui.core.curves.picture import CurveStyle

LARGEST = 1e300
"""As far from 0 as a value that is drawn may be."""
_WIDTH, _HEIGHT, _LEFT, _BELOW, _EDGE = 560, 220, 44, 24, 8
_TICKS = 5
_COLUMNS = 400
"""As many columns of a curve over steps as are drawn."""
_LINE = 14
"""The height of a line of the legend."""
_STYLE = (
    "text{font:11px system-ui,sans-serif}polyline{fill:none;stroke-width:1.6}"
    ".axis{fill:none;stroke:#888}.grid{stroke:#888;stroke-opacity:.3}svg{background:#fff}"
)

Point = tuple[float, float]


@dataclass(frozen=True)
class Chart:
    """Curves with one scale."""

    title: str
    curves: Mapping[str, Sequence[Point]]
    """By the names of runs; NaN where there is a gap."""
    joined: bool = True
    """Whether the points belong together as a line; runs beside each other don't."""
    log: bool = False
    """Whether values are on a logarithmic scale; those that aren't above 0 are gaps then."""
    log_across: bool = False
    across: str = ""
    """What the points are over, for below; may be empty."""
    places: Sequence[str] = ()
    """Words at 0, 1, ... across, where that is no number."""


def chart_over_steps(metric: str, curves: Mapping[str, Curve], style: CurveStyle) -> Chart:
    """Curves by the names of their runs, as a chart."""
    drawn = {name: curve.points(_COLUMNS, style.smoothing) for name, curve in curves.items()}
    return Chart(metric, drawn, log=style.log, across="step")


def svg_file(chart: Chart) -> str:
    """The chart as a file of its own, with its title and a legend."""
    names = [name for name in chart.curves if name]
    tall = _HEIGHT + _LINE * (len(names) + 2)
    lines = [
        _words(_LEFT, _HEIGHT + _LINE * (at + 2), name, f' fill="{colour(at)}"')
        for at, name in enumerate(chart.curves)
        if name
    ]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 -{_LINE * 2} {_WIDTH} {tall + _LINE}" '
        f'width="{_WIDTH}"><style>{_STYLE}</style>'
        f"{_words(_LEFT, -_LINE, chart.title)}{''.join(_inside(chart))}{''.join(lines)}</svg>\n"
    )


def svg(chart: Chart) -> str:
    """The chart as an element of HTML."""
    return (
        f'<svg viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" aria-label="{_text(chart.title)}">'
        f"{''.join(_inside(chart))}</svg>"
    )


def is_drawable(value: object) -> bool:
    """Tell whether there is a place for a value."""
    return isinstance(value, int | float) and abs(value) < LARGEST


def _inside(chart: Chart) -> Iterator[str]:
    points = [point for curve in chart.curves.values() for point in curve]
    across = Scale.around((x for x, _ in points), log=chart.log_across)
    up = Scale.around((y for _, y in points if is_drawable(y)), log=chart.log)
    bottom, right = _HEIGHT - _BELOW, _WIDTH - _EDGE
    yield f'<path class="axis" d="M{_LEFT} 10V{bottom}H{right}"/>'
    for value in up.ticks(_TICKS):
        y = _up(up, value)
        yield f'<path class="grid" d="M{_LEFT} {y:.1f}H{right}"/>'
        yield _words(_LEFT - 4, y + 4, f"{value:.4g}", ' text-anchor="end"')
    for value, words in _marks(chart, across):
        yield _words(_across(across, value), _HEIGHT - 8, words, ' text-anchor="middle"')
    yield _words(right, bottom - 4, chart.across, ' text-anchor="end"')
    for at, (name, curve) in enumerate(chart.curves.items()):
        for part in _parts(curve, log=chart.log):
            places = [(_across(across, x), _up(up, y)) for x, y in part]
            yield (_line if chart.joined else _dots)(name, places, colour(at))


def _marks(chart: Chart, across: Scale) -> list[tuple[float, str]]:
    if chart.places:
        return [(float(at), words) for at, words in enumerate(chart.places)]
    return [(value, f"{value:.6g}") for value in across.ticks(_TICKS)]


def _parts(curve: Sequence[Point], *, log: bool) -> Iterator[list[Point]]:
    """The pieces of a curve between its gaps."""
    low = 0.0 if log else -math.inf
    for is_there, part in groupby(curve, key=lambda point: point[1] > low):
        if is_there:
            yield list(part)


def _across(scale: Scale, value: float) -> float:
    return _LEFT + scale.at(value) * (_WIDTH - _EDGE - _LEFT)


def _up(scale: Scale, value: float) -> float:
    return _HEIGHT - _BELOW - scale.at(value) * (_HEIGHT - _BELOW - 10)


def _line(name: str, places: Sequence[Point], stroke: str) -> str:
    drawn = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
    return f'<polyline points="{drawn}" stroke="{stroke}"><title>{_text(name)}</title></polyline>'


def _dots(name: str, places: Sequence[Point], fill: str) -> str:
    title = f"<title>{_text(name)}</title>" if name else ""
    return "".join(
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{fill}">{title}</circle>' for x, y in places
    )


def _words(x: float, y: float, text: str, how: str = "") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}"{how}>{_text(text)}</text>'


def _text(text: str) -> str:
    return escape(one_line(text), quote=True)
