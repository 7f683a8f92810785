"""Curves in the cells of a terminal and as SVG: nothing that stands out is lost."""

from __future__ import annotations

import math
import xml.etree.ElementTree as ET
from array import array
from typing import TYPE_CHECKING

import pytest

from gitbatch_tui.core.curves.braille import Canvas
from gitbatch_tui.core.curves.curve import Curve, Span, above_zero
from gitbatch_tui.core.curves.picture import CurveStyle, draw
from gitbatch_tui.core.curves.scale import Scale
from gitbatch_tui.core.curves.svg import Chart, chart_over_steps, svg, svg_file

if TYPE_CHECKING:
    from collections.abc import Callable

SVG = "{http://www.w3.org/2000/svg}"


def curve(*ys: float, breaks: tuple[int, ...] = ()) -> Curve:
    return Curve(array("d", range(len(ys))), array("d", ys), breaks)


def picture(*curves: Curve, style: CurveStyle | None = None) -> list[str]:
    lines = draw(curves, 40, 12, style or CurveStyle())
    return ["".join(text for _, text in line) for line in lines]


def test_a_single_peak_among_many_values_is_seen() -> None:
    values = [0.0] * 100_000
    values[54_321] = 9.0
    spans = curve(*values).spans(Scale(0, 99_999), 100)
    assert [span.column for span in spans if span.high > 0] == [54]
    assert max(y for _, y in curve(*values).points(100)) == 9


def test_a_line_leads_from_each_value_to_the_next_one() -> None:
    canvas = Canvas(4, 1)
    canvas.draw(0, curve(0, 3).spans(Scale(0, 1), 8), Scale(0, 3))
    (row,) = canvas.rows()
    assert row == [(0, "⣠⠤⠖⠋")]


def test_there_is_no_line_across_a_gap() -> None:
    canvas = Canvas(4, 1)
    canvas.draw(3, curve(0, 0, breaks=(1,)).spans(Scale(0, 1), 8), Scale(0, 1))
    (row,) = canvas.rows()
    assert row == [(3, "⡀"), (-1, "  "), (3, "⢀")]


def test_a_curve_of_one_value_is_a_dot_with_numbers_around_it() -> None:
    lines = picture(curve(5))
    assert sum(any("\u2800" < sign <= "\u28ff" for sign in line) for line in lines) == 1
    assert any("6┤" in line for line in lines)


def test_pictures_have_the_size_that_there_is() -> None:
    lines = picture(curve(1, 2), curve(2, 1))
    assert [len(line) for line in lines] == [40] * 12
    assert draw([curve(1, 2)], 10, 12, CurveStyle()) == []
    assert draw([curve(1, 2)], 40, 3, CurveStyle()) == []
    assert draw([Curve()], 40, 12, CurveStyle()) == []


def test_on_a_log_scale_equal_ratios_are_equally_far_apart() -> None:
    scale = Scale.around([0.01, -3, 0, 100], log=True)
    assert (scale.low, scale.high) == (0.01, 100)
    assert [scale.at(value) for value in (0.01, 1, 100)] == pytest.approx([0, 0.5, 1])
    assert scale.value(0.75) == pytest.approx(10)


def test_what_is_not_above_0_is_a_gap_on_a_log_scale() -> None:
    above = curve(1, -1, 1)
    across = Scale(0, 2)
    spans = above_zero(above.spans(across, 3))
    assert [(span.column, span.is_apart) for span in spans] == [(0, False), (2, True)]
    drawn = svg(chart_over_steps("loss", {"a": above}, CurveStyle(log=True)))
    assert drawn.count("<polyline") == 2


TICKS = {
    "whole numbers": (Scale(0, 10), [0, 5, 10]),
    "parts": (Scale(0.1, 0.47), [0.2, 0.4]),
    "below 0": (Scale(-1, 1), [-1, 0, 1]),
    "huge": (Scale(-9e299, 9e299), [0]),
    "tiny": (Scale(0, 3e-299), [0, 1e-299, 2e-299, 3e-299]),
    "powers": (Scale(1e-6, 1e6, log=True), [1e-6, 1e-1, 1e4]),
    "a part of a power": (Scale(0.2, 3, log=True), [0.2, 0.5, 1, 2]),
}


@pytest.mark.parametrize(("scale", "ticks"), TICKS.values(), ids=TICKS.keys())
def test_numbers_at_an_axis_are_round(scale: Scale, ticks: list[float]) -> None:
    assert scale.ticks(4 if scale.log and scale.low > 0.1 else 3) == pytest.approx(ticks)


def test_smoothing_draws_the_mean_of_the_values_around() -> None:
    noise = curve(*([0.0, 1.0] * 500))
    spans = noise.spans(Scale(0, 999), 20, 0.2)
    assert {round(span.low, 1) for span in spans} == {0.5}
    assert all(span.low == span.high == span.first == span.last for span in spans)


def test_a_flat_curve_stays_flat_when_it_is_smoothed() -> None:
    spans = curve(*[0.1] * 500).spans(Scale(0, 499), 80, 0.05)
    assert {(span.low, span.high) for span in spans} == {(0.1, 0.1)}


def test_smoothing_mixes_nothing_from_beyond_a_gap_and_bends_no_end() -> None:
    slope = [float(step) for step in range(100)]
    drawn = curve(*slope, *(step + 500 for step in slope), breaks=(100,))
    spans = drawn.spans(Scale(0, 199), 200, 0.2)
    assert [span.low for span in spans] == [*slope, *(step + 500 for step in slope)]


@pytest.mark.parametrize("ys", [(1e299, -1e299), (0.0, 5e-324), (3.0, 3.0)])
def test_extreme_values_are_drawn(ys: tuple[float, ...]) -> None:
    assert len(picture(curve(*ys))) == 12
    text = svg(Chart("x", {"a": list(enumerate(ys))}))
    assert "nan" not in text
    assert "inf" not in text


def test_a_file_of_svg_is_whole_and_has_a_legend() -> None:
    named = {"batch#1 lr=0.1": curve(3, 2, 1), "batch#2 <lr>": curve(4, 3, 2, breaks=(1,))}
    root = ET.fromstring(svg_file(chart_over_steps("loss & more", named, CurveStyle())))
    assert root.tag == f"{SVG}svg"
    texts = [element.text for element in root.iter(f"{SVG}text")]
    assert {"loss & more", "batch#1 lr=0.1", "batch#2 <lr>", "step"} <= set(texts)
    assert len(list(root.iter(f"{SVG}polyline"))) == 3


# All that XML 1.0 has no place for, and the ends of the ranges that it has.
SIGNS = [*range(0x20), *range(0x7F, 0xA0), 0xD7FF, 0xD800, 0xDFFF, 0xE000, *range(0xFDD0, 0xFDF0)]
SIGNS += [*range(0xFFF0, 0x10000), 0x1FFFE, 0x1FFFF, 0x10FFFE, 0x10FFFF]


@pytest.mark.parametrize("draw_svg", [svg, svg_file])
def test_a_drawing_is_xml_whatever_names_hold(draw_svg: Callable[[Chart], str]) -> None:
    for sign in map(chr, SIGNS):
        words = f'<{sign}&">'
        chart = Chart(words, {words: [(0, 1), (1, 2)]}, across=words, places=[words, "b"])
        text = draw_svg(chart).encode()
        assert ET.fromstring(text) is not None, hex(ord(sign))


def test_gaps_of_a_curve_are_gaps_of_its_points() -> None:
    found = curve(1, 2, 3, breaks=(2,)).points(10)
    assert [math.isnan(y) for _, y in found] == [False, False, True, False]


def test_a_span_is_what_a_curve_does_in_a_column() -> None:
    (span,) = curve(2, 5, 1, 3).spans(Scale(0, 3), 1)
    assert span == Span(0, 1, 5, 2, 3, is_apart=False)
