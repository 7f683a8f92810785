"""Draws a row of a picture: upper half blocks, whose ground is the lower half."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from rich.color import Color
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from gitbatch_tui.core.diffs.model import UPPER_HALF

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gitbatch_tui.core.diffs.model import TwoPixels


def strip_of(cells: Sequence[TwoPixels]) -> Strip:
    """As wide as there are cells."""
    return Strip(
        [Segment(UPPER_HALF * len(list(same)), _style(cell)) for cell, same in groupby(cells)]
    )


def _style(cell: TwoPixels) -> Style:
    upper, lower = cell
    return Style(color=Color.from_rgb(*upper), bgcolor=Color.from_rgb(*lower))
