"""Reads what a picture is and how large, from its first bytes."""

from __future__ import annotations

import re
import struct
from dataclasses import dataclass

HEAD = 262_144
"""Bytes in which the facts of a picture are found: photographs carry a lot before them."""
SUFFIXES = frozenset({".png", ".jpg", ".jpeg", ".gif", ".svg"})

_TIMES = " \N{MULTIPLICATION SIGN} "
_SVG = re.compile(rb"<svg\b[^>]*>", re.IGNORECASE)
_NUMBER = r"\s*([0-9]*\.?[0-9]+)\s*"
_VIEW_BOX = re.compile(rb"""\bviewBox\s*=\s*["']([^"']*)["']""")
_SIZE = {side: re.compile(rf"""\s{side}\s*=\s*["']{_NUMBER}([a-z%]*)\s*["']""".encode())
         for side in ("width", "height")}  # fmt: skip
# A segment of a JPEG begins with the sign and its marker; those that start a frame have its
# size, and those that stand alone have no content.
_SIGN = b"\xff"
_FRAMES = frozenset(bytes([n]) for n in range(0xC0, 0xD0) if n not in {0xC4, 0xC8, 0xCC})
_ALONE = frozenset(bytes([n]) for n in (0x01, *range(0xD0, 0xD9), 0xFF))


@dataclass(frozen=True)
class Picture:
    """What is known without decoding it."""

    format: str
    dimensions: str
    """`640 x 480`, with a unit where it isn't pixels; empty where the file doesn't say."""


def recognise(head: bytes) -> Picture | None:
    """The picture that begins with these bytes; None where it is none that we know."""
    for read in (_png, _gif, _jpeg, _svg):
        if picture := read(head):
            return picture
    return None


def _png(head: bytes) -> Picture | None:
    if not head.startswith(b"\x89PNG\r\n\x1a\n"):
        return None
    return Picture("PNG", _sides(">II", head[16:24]) if head[12:16] == b"IHDR" else "")


def _gif(head: bytes) -> Picture | None:
    if not head.startswith((b"GIF87a", b"GIF89a")):
        return None
    return Picture("GIF", _sides("<HH", head[6:10]))


def _jpeg(head: bytes) -> Picture | None:
    if not head.startswith(b"\xff\xd8\xff"):
        return None
    at = 2
    while head[at : at + 1] == _SIGN:
        marker = head[at + 1 : at + 2]
        at += 1 if marker == _SIGN else 2
        if marker in _FRAMES:
            height, width = head[at + 3 : at + 5], head[at + 5 : at + 7]
            return Picture("JPEG", _sides(">HH", width + height))
        if marker not in _ALONE:
            at += max(2, int.from_bytes(head[at : at + 2], "big"))
    return Picture("JPEG", "")


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


def _sides(layout: str, data: bytes) -> str:
    whole = len(data) == struct.calcsize(layout)
    return _times(*struct.unpack(layout, data)) if whole else ""


def _times(width: object, height: object) -> str:
    return f"{width}{_TIMES}{height}"
