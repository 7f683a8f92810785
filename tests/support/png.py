"""Makes PNG pictures, byte by byte."""

from __future__ import annotations

import struct
import zlib


def png(
    width: int, colours: int, rows: list[bytes], *more: tuple[bytes, bytes], depth: int = 8
) -> bytes:
    """A picture whose rows have no filter."""
    head = struct.pack(">IIBBBBB", width, len(rows), depth, colours, 0, 0, 0)
    pixels = zlib.compress(b"".join(b"\0" + row for row in rows))
    chunks = ((b"IHDR", head), *more, (b"IDAT", pixels), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in chunks
    )
