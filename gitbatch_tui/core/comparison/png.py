"""Compares PNG pictures by their pixels; a date in the file, say, doesn't count."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gitbatch_tui.core.png import CHANNELS, Picture, read, rows

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gitbatch_tui.core.comparison.numbers import Tolerance


def compare_png(old: bytes, new: bytes, _: Tolerance) -> Iterator[str]:
    """How much of it differs; raises ValueError where one isn't a PNG that we can read."""
    return _compare(read(old), read(new))


def _compare(old: Picture, new: Picture) -> Iterator[str]:
    if (old.width, old.height) != (new.width, new.height):
        yield f"{old.width} x {old.height} pixels → {new.width} x {new.height}"
    elif old.meanings != new.meanings:
        yield "it has other kinds of pixels"
    elif old.packed != new.packed:
        if old.interlaced or old.depth not in {8, 16}:
            yield "its pixels differ"
            return
        size = CHANNELS[old.colours] * old.depth // 8
        count = _differing(rows(old, size), rows(new, size), size)
        if count:
            yield f"{count:,} of {old.width * old.height:,} pixels differ"


def _differing(old: list[bytes], new: list[bytes], size: int) -> int:
    return sum(
        one[at : at + size] != other[at : at + size]
        for one, other in zip(old, new, strict=True)
        if one != other
        for at in range(0, len(one), size)
    )
