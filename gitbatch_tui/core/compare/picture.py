"""Compares pictures by their pixels; a date in the file, say, doesn't count."""

from __future__ import annotations

from functools import reduce
from operator import ne
from typing import TYPE_CHECKING

from gitbatch_tui.core.base.pictures import count_frames, decoding, frames, opened
from gitbatch_tui.core.compare.numbers import from_to

if TYPE_CHECKING:
    from collections.abc import Iterator

    from PIL.Image import Image
    from PIL.ImageFile import ImageFile

    from gitbatch_tui.core.compare.numbers import Tolerance

_COLOURS = frozenset({"1", "L", "LA", "P", "PA", "RGB", "RGBA"})
"""What can be turned into RGBA without loss."""
_SHORT, _LONG = frozenset({"I;16", "I;16B"}), frozenset({"I", "F"})
"""Grey in samples of two and of four bytes."""
_STRIP = 256
"""Rows that are compared at a time, to save memory."""


def compare_pictures(old: bytes, new: bytes, _: Tolerance) -> Iterator[str]:
    """Yield the share of pixels that differ; raises ValueError for what can't be read exactly."""
    return _compare(opened(old), opened(new))


def _compare(old: ImageFile, new: ImageFile) -> Iterator[str]:
    counts = count_frames(old), count_frames(new)
    if old.size != new.size:
        sizes = (f"{image.width} x {image.height}" for image in (old, new))
        yield f"its pixels: {from_to(*sizes)}"
    elif counts[0] != counts[1]:
        yield f"it has {from_to(*counts)} frames"
    else:
        for number, (one, other) in enumerate(zip(frames(old), frames(new), strict=True), 1):
            where = f"frame {number}: " if counts[0] > 1 else ""
            yield from (f"{where}{words}" for words in _compare_frames(one, other))


def _compare_frames(old: Image, new: Image) -> Iterator[str]:
    kinds = {_kind(old), _kind(new)}
    if len(kinds) > 1:
        yield "it has other kinds of pixels"
        return
    with decoding():
        count = sum(_differing(_strip(old, top), _strip(new, top)) for top in _tops(old))
    if count:
        yield f"{count:,} of {old.width * old.height:,} pixels differ"


def _kind(image: Image) -> str:
    """The mode in which it is compared."""
    return "RGBA" if image.mode in _COLOURS else image.mode


def _tops(image: Image) -> range:
    return range(0, image.height, _STRIP)


def _strip(image: Image, top: int) -> Image:
    strip = image.crop((0, top, image.width, min(top + _STRIP, image.height)))
    return strip.convert("RGBA") if image.mode in _COLOURS else strip


def _differing(old: Image, new: Image) -> int:
    from PIL import ImageChops  # noqa: PLC0415  # seldom needed, as Pillow

    if old.mode in _SHORT | _LONG:
        views = (memoryview(each.tobytes()) for each in (old, new))
        return sum(map(ne, *(v.cast("H") if old.mode in _SHORT else v.cast("I") for v in views)))
    apart = ImageChops.difference(old, new).split()
    return old.width * old.height - reduce(ImageChops.lighter, apart).histogram()[0]
