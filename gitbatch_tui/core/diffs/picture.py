"""Shows what changed in a picture: format, size, hash, and its pixels as characters."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from itertools import zip_longest
from typing import TYPE_CHECKING

from gitbatch_tui.core.base.format import exact_size
from gitbatch_tui.core.base.pictures import check_size, decoding, opened
from gitbatch_tui.core.diffs.model import UPPER_HALF, DiffLine, Kind, Mark, note

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from PIL.Image import Image

    from gitbatch_tui.core.diffs.model import Rgb, TwoPixels

HEAD = 8 << 20
"""Bytes in which the facts of a picture are found."""
DRAWN = frozenset({".png", ".jpg", ".jpeg", ".gif", ".tif", ".tiff", ".webp"})
SUFFIXES = DRAWN | {".svg"}

_TIMES = " \N{MULTIPLICATION SIGN} "
_NAMES = {"MPO": "JPEG", "WEBP": "WebP"}
_SVG = re.compile(rb"<svg\b[^>]*>", re.IGNORECASE)
_NUMBER = r"\s*([0-9]*\.?[0-9]+)\s*"
_VIEW_BOX = re.compile(rb"""\bviewBox\s*=\s*["']([^"']*)["']""")
_SIZE = {side: re.compile(rf"""\s{side}\s*=\s*["']{_NUMBER}([a-z%]*)\s*["']""".encode())
         for side in ("width", "height")}  # fmt: skip
_INDENT = 12

FileFacts = dict[str, str]
"""What is known of one version of a file, in words."""

COLUMNS, ROWS = 64, 24
"""The largest picture, in cells."""
LARGEST = 8 << 20
"""Bytes of a file that is read for it."""
_WHITE = (255, 255, 255)


@dataclass(frozen=True)
class Picture:
    """The facts of a picture that are known without decoding it."""

    format: str
    dimensions: str
    """`640 x 480`, with a unit where it isn't pixels; empty where the file doesn't say."""


def recognise(head: bytes) -> Picture | None:
    """The picture that begins with these bytes; None where it is none that we know."""
    try:
        image = opened(head)
    except ValueError:
        return _svg(head)
    name = image.format or ""
    return Picture(_NAMES.get(name, name), _times(image.width, image.height))


def _svg(head: bytes) -> Picture | None:
    tag = _SVG.search(head)
    if not tag:
        return None
    width, height = (pattern.search(tag[0]) for pattern in _SIZE.values())
    if width and height and width[2] == height[2]:
        unit = width[2].decode().removesuffix("px")
        return Picture("SVG", f"{_times(width[1].decode(), height[1].decode())} {unit}".rstrip())
    box = _VIEW_BOX.search(tag[0])
    sides = re.findall(_NUMBER, box[1].decode("ascii", "replace")) if box else []
    return Picture("SVG", _times(*sides[-2:]) if sides[1:] else "")


def _times(width: object, height: object) -> str:
    return f"{width}{_TIMES}{height}"


def picture_facts(chunks: Iterable[bytes]) -> FileFacts:
    """The facts of a picture, from all of its bytes, without keeping them."""
    digest, size, head = hashlib.sha256(), 0, b""
    for chunk in chunks:
        digest.update(chunk)
        size += len(chunk)
        head += chunk[: HEAD - len(head)]
    picture = recognise(head)
    return {
        "format": picture.format if picture else "not recognised",
        "dimensions": picture.dimensions if picture else "",
        "size": exact_size(size),
        "sha256": digest.hexdigest(),
    }


def fact_lines(sentence: str, old: FileFacts, new: FileFacts) -> Iterator[DiffLine]:
    """Yield the old and the new facts; those that stayed the same come once."""
    yield note(sentence)
    for name in dict.fromkeys((*old, *new)):
        before, after = old.get(name, ""), new.get(name, "")
        if before == after:
            yield _fact(Kind.SAME, name, after)
            continue
        if before:
            yield _fact(Kind.DELETED, name, before)
        if after:
            yield _fact(Kind.ADDED, name, after)


def _fact(kind: Kind, name: str, value: str) -> DiffLine:
    return DiffLine(kind, f"{name:{_INDENT}}{value or '-'}", marks=(Mark(0, _INDENT, Kind.NOTE),))


def picture_lines(old: bytes, new: bytes) -> Iterator[DiffLine]:
    """Yield the lines that draw the old and the new picture, or say why one can't be drawn."""
    for kind, data in ((Kind.DELETED, old), (Kind.ADDED, new)):
        if data:
            yield from drawing(data, kind)


def drawing(data: bytes, kind: Kind = Kind.SAME) -> Iterator[DiffLine]:
    """Yield the lines that draw a picture, or say why it can't be drawn."""
    try:
        rows = mosaic(data)
    except ValueError as error:
        yield note(f"It can't be drawn: {error}.")
    else:
        yield from (DiffLine(kind, UPPER_HALF * len(cells), cells=cells) for cells in rows)


def mosaic(data: bytes) -> list[tuple[TwoPixels, ...]]:
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
    from PIL.Image import new  # noqa: PLC0415  # as Pillow

    paper = new("RGBA", image.size, "white")
    paper.alpha_composite(image)
    return paper.convert("RGB")


def _lines(image: Image) -> list[list[Rgb]]:
    data, length = image.tobytes(), 3 * image.width
    rows = (data[at : at + length] for at in range(0, len(data), length))
    return [list(zip(row[::3], row[1::3], row[2::3], strict=True)) for row in rows]
