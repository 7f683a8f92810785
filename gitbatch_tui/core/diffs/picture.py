"""Reads what a picture is and how large, without its pixels."""

from __future__ import annotations

import re
from dataclasses import dataclass

from gitbatch_tui.core.base.pictures import opened

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


@dataclass(frozen=True)
class Picture:
    """What is known without decoding it."""

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
