"""Draws a PNG as characters of a terminal: a cell is two pixels, one above the other."""

from __future__ import annotations

from contextlib import suppress
from itertools import pairwise, zip_longest
from typing import TYPE_CHECKING

from gitbatch_tui.core import png
from gitbatch_tui.core.pages.lines import UPPER_HALF, Kind, Line

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from gitbatch_tui.core.pages.lines import Cell, Rgb

COLUMNS, ROWS = 64, 24
"""The largest picture, in cells."""
LARGEST = 8 << 20
"""Bytes of a file that is read for it."""
_MOST_PIXELS = 2_000_000
_OPAQUE = 255

Channels = tuple[bytes, bytes, bytes, bytes]
"""Of one row: red, green, blue and opacity, a byte a pixel."""


def picture_lines(old: bytes, new: bytes) -> Iterator[Line]:
    """What was and what is; nothing of what can't be drawn, or isn't there."""
    for kind, data in ((Kind.DELETED, old), (Kind.ADDED, new)):
        # Other formats, and what is broken, have nothing but facts.
        with suppress(ValueError):
            for cells in mosaic(data):
                yield Line(kind, UPPER_HALF * len(cells), cells=cells)


def mosaic(data: bytes) -> Iterator[tuple[Cell, ...]]:
    """Rows of cells, as large as there is room, on white.

    Raises ValueError where it isn't a PNG of eight bits that we can read, or is too large.
    """
    picture = png.read(data)
    if picture.interlaced or picture.depth != 8 or picture.width * picture.height > _MOST_PIXELS:  # noqa: PLR2004
        raise ValueError("a PNG of another kind")
    rows = [_channels(picture, row) for row in png.rows(picture, png.CHANNELS[picture.colours])]
    scale = max(picture.width / COLUMNS, picture.height / (2 * ROWS), 1)
    across = _cuts(picture.width, scale)
    lines = [_line(rows[top:end], across) for top, end in pairwise(_cuts(picture.height, scale))]
    white = (_OPAQUE,) * 3
    for upper, lower in zip_longest(lines[::2], lines[1::2]):
        yield tuple(zip(upper, lower or [white] * len(upper), strict=True))


def _cuts(length: int, scale: float) -> list[int]:
    parts = max(1, round(length / scale))
    return [round(part * length / parts) for part in range(parts + 1)]


def _line(rows: Sequence[Channels], across: Sequence[int]) -> list[Rgb]:
    return [_mean(rows, left, right) for left, right in pairwise(across)]


def _mean(rows: Sequence[Channels], left: int, right: int) -> Rgb:
    count = len(rows) * (right - left)
    *colours, opacity = (
        sum(sum(row[channel][left:right]) for row in rows) // count for channel in range(4)
    )
    red, green, blue = (colour * opacity // _OPAQUE + _OPAQUE - opacity for colour in colours)
    return red, green, blue


def _channels(picture: png.Picture, row: bytes) -> Channels:
    solid = bytes([_OPAQUE]) * picture.width
    match picture.colours:
        case png.GREY:
            return row, row, row, solid
        case png.RGB:
            return row[::3], row[1::3], row[2::3], solid
        case png.GREY_ALPHA:
            return row[::2], row[::2], row[::2], row[1::2]
        case png.RGB_ALPHA:
            return row[::4], row[1::4], row[2::4], row[3::4]
        case _:
            _, palette, opacities = picture.meanings
            tables = [palette[at::3].ljust(256, b"\0") for at in range(3)]
            red, green, blue = (row.translate(table) for table in tables)
            return red, green, blue, row.translate(opacities.ljust(256, b"\xff"))
