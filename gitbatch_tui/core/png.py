"""Reads PNG pictures as far as comparing and showing them needs.

Format: https://www.w3.org/TR/png/. Rows of samples, each after the number of the filter that made
it easier to pack, deflated, in chunks.
"""

from __future__ import annotations

import struct
import zlib
from itertools import accumulate
from typing import NamedTuple

CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
"""Samples of a pixel, by the kind of colours."""
GREY, RGB, PALETTE, GREY_ALPHA, RGB_ALPHA = CHANNELS

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_LARGEST = 64 * 2**20
"""Bytes of pixels beyond which a picture isn't unpacked."""
_BYTE = 256
# What gives the bytes of a picture their meaning.
_MEANINGS = (b"IHDR", b"PLTE", b"tRNS")


class Picture(NamedTuple):
    width: int
    height: int
    depth: int
    """Bits of a sample."""
    colours: int
    interlaced: int
    meanings: tuple[bytes, ...]
    """The chunks IHDR, PLTE and tRNS; empty where there is none."""
    packed: bytes
    """The pixels' bytes, each row after the number of its filter."""


def read(data: bytes) -> Picture:
    """Unpack a picture; raises ValueError where it isn't a PNG that we can read."""
    if not data.startswith(_SIGNATURE):
        raise ValueError("no PNG")
    parts: dict[bytes, list[bytes]] = {}
    at = len(_SIGNATURE)
    while at + 12 <= len(data):
        length = int.from_bytes(data[at : at + 4], "big")
        kind = data[at + 4 : at + 8]
        parts.setdefault(kind, []).append(data[at + 8 : at + 8 + length])
        at += 12 + length
    try:
        width, height, depth, colours, _, _, interlaced = struct.unpack(
            ">IIBBBBB", parts[b"IHDR"][0]
        )
        packed = zlib.decompressobj().decompress(b"".join(parts[b"IDAT"]), _LARGEST)
    except (KeyError, struct.error, zlib.error) as error:
        raise ValueError("a broken PNG") from error
    whole = height * (1 + (width * depth * CHANNELS.get(colours, 0) + 7) // 8)
    if colours not in CHANNELS or (not interlaced and len(packed) != whole):
        raise ValueError("a broken PNG, or a huge one")
    meanings = tuple(b"".join(parts.get(kind, [])) for kind in _MEANINGS)
    return Picture(width, height, depth, colours, interlaced, meanings, packed)


def rows(picture: Picture, size: int) -> list[bytes]:
    """The pixels without the filters that made them easier to pack; `size`: bytes of a pixel."""
    length = picture.width * size
    done: list[bytes] = []
    before = bytes(length)
    for start in range(0, len(picture.packed), length + 1):
        kind, row = picture.packed[start], picture.packed[start + 1 : start + 1 + length]
        before = _unfiltered(kind, row, before, size)
        done.append(before)
    return done


def _unfiltered(kind: int, row: bytes, above: bytes, size: int) -> bytes:
    match kind:
        case 0:
            return row
        case 1:
            return _summed(row, size)
        case 2:
            return bytes((a + b) % _BYTE for a, b in zip(row, above, strict=True))
        case 3 | 4:
            return _predicted(row, above, size, average=kind == 3)  # noqa: PLR2004  # as PNG has it
        case _:
            raise ValueError("an unknown filter")


def _summed(row: bytes, size: int) -> bytes:
    done = bytearray(len(row))
    for channel in range(size):
        sums: list[int] = list(accumulate(row[channel::size], _sum))
        done[channel::size] = bytes(sums)
    return bytes(done)


def _sum(one: int, other: int) -> int:
    return (one + other) % _BYTE


def _predicted(row: bytes, above: bytes, size: int, *, average: bool) -> bytes:
    done = bytearray(size)  # what is left of the first pixel
    corner = bytes(size) + above
    for at, value in enumerate(row):
        left, up = done[at], above[at]
        guess = (left + up) // 2 if average else _paeth(left, up, corner[at])
        done.append((value + guess) % _BYTE)
    return bytes(done[size:])


def _paeth(left: int, up: int, corner: int) -> int:
    """The one of the three that is nearest to left + up - corner."""
    near = left + up - corner
    return min((left, up, corner), key=lambda each: abs(near - each))
