"""Draws a picture as characters of a terminal: a cell is two pixels, one above the other."""

from __future__ import annotations

from itertools import zip_longest
from typing import TYPE_CHECKING

from gitbatch_tui.core.base.pictures import check_size, decoding, opened
from gitbatch_tui.core.diffs.model import UPPER_HALF, Kind, Line, note

if TYPE_CHECKING:
    from collections.abc import Iterator

    from PIL.Image import Image

    from gitbatch_tui.core.diffs.model import Cell, Rgb

COLUMNS, ROWS = 64, 24
"""The largest picture, in cells."""
LARGEST = 8 << 20
"""Bytes of a file that is read for it."""
_WHITE = (255, 255, 255)


def picture_lines(old: bytes, new: bytes) -> Iterator[Line]:
    """What was and what is, where there is something; or why it isn't drawn."""
    for kind, data in ((Kind.DELETED, old), (Kind.ADDED, new)):
        if data:
            try:
                rows = mosaic(data)
            except ValueError as error:
                yield note(f"It can't be drawn: {error}.")
            else:
                yield from (Line(kind, UPPER_HALF * len(cells), cells=cells) for cells in rows)


def mosaic(data: bytes) -> list[tuple[Cell, ...]]:
    """Rows of cells, as large as there is room, on white; of an animation its first frame.

    Raises ValueError where it is no picture that we can read, or is too large.
    """
    with decoding():
        image = opened(data)
        # A photograph can be read smaller than it is, which saves most of the work.
        image.draft("RGB", (2 * COLUMNS, 4 * ROWS))
        check_size(image)
        image.load()
        lines = _lines(_on_white(_fitted(_in_colours(image))))
    pairs = zip_longest(lines[::2], lines[1::2], fillvalue=[_WHITE] * len(lines[0]))
    return [tuple(zip(upper, lower, strict=True)) for upper, lower in pairs]


def _in_colours(image: Image) -> Image:
    """Deep grey is spread from its darkest to its brightest."""
    if image.mode not in {"I;16", "I;16B", "I", "F"}:
        return image.convert("RGBA")
    deep = image.convert("F")
    low, high = map(float, deep.getextrema())  # type: ignore[arg-type]  # it has one band
    scale = 255 / (high - low) if high > low else 0.0
    return deep.point(lambda value: value * scale - low * scale).convert("L").convert("RGBA")


def _fitted(image: Image) -> Image:
    from PIL.Image import Resampling  # noqa: PLC0415  # seldom needed, as Pillow

    scale = max(image.width / COLUMNS, image.height / (2 * ROWS), 1)
    size = max(1, round(image.width / scale)), max(1, round(image.height / scale))
    return image if size == image.size else image.resize(size, Resampling.BOX)


def _on_white(image: Image) -> Image:
    from PIL.Image import new  # noqa: PLC0415

    paper = new("RGBA", image.size, "white")
    paper.alpha_composite(image)
    return paper.convert("RGB")


def _lines(image: Image) -> list[list[Rgb]]:
    data, length = image.tobytes(), 3 * image.width
    rows = (data[at : at + length] for at in range(0, len(data), length))
    return [list(zip(row[::3], row[1::3], row[2::3], strict=True)) for row in rows]
