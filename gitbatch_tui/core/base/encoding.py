"""Finds out in which encoding a text is: UTF-8, UTF-16, UTF-32 or Latin-1."""

from __future__ import annotations

import codecs
import re
from typing import NamedTuple

_HEAD = 1 << 20
"""Bytes that are looked at."""
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
"""The marks with which a text in UTF-16 begins."""
_NO_TEXT = re.compile("[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f]")
# Escapes begin colours, and are in logs.
_LONG_IN_UTF_8 = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}")
_FEWEST = 4
"""One character in so many bytes is a zero in UTF-16 that is mostly Latin."""


class Encoding(NamedTuple):
    """The arguments of `bytes.decode`."""

    name: str
    errors: str = "strict"


UTF_8 = Encoding("utf-8-sig", "surrogateescape")
"""Also of what is damaged: bytes that don't belong there stay what they are."""


def encoding_of(data: bytes) -> Encoding:
    """Find the encoding in which a text decodes exactly; raises ValueError for what is no text."""
    head = data[:_HEAD]
    for mark, name in _MARKS:
        if head.startswith(mark):
            return UTF_8 if name == UTF_8.name else _checked(head, name)
    if b"\0" in data:
        return _checked(head, _wide(head))
    if _is_utf_8(head) or _LONG_IN_UTF_8.search(head):
        return UTF_8
    return Encoding("cp1252" if _fits(data, "cp1252") else "latin-1")


def in_utf_8(data: bytes) -> bytes:
    """Put a text into UTF-8 that a mark says is in UTF-16; any other is returned as it is.

    The last character may have been cut.
    """
    if not data.startswith(UTF_16):
        return data
    return data.decode("utf-16", "ignore").encode("utf-8")


def decoded(data: bytes) -> str:
    """Decode a text in whichever encoding it is; raises ValueError for what is no text."""
    return data.decode(*encoding_of(data))


def _wide(head: bytes) -> str:
    """Name the UTF-16 or UTF-32 that a text is in, by where the zeros are."""
    zeros = head[::2].count(0), head[1::2].count(0)
    if min(zeros) or max(zeros) * _FEWEST < len(head) / 2:
        raise ValueError("not text")
    return "utf-16-be" if zeros[0] else "utf-16-le"


def _checked(head: bytes, name: str) -> Encoding:
    decoder = codecs.getincrementaldecoder(name)()
    if _NO_TEXT.search(decoder.decode(head, final=False)):
        raise ValueError("not text")
    return Encoding(name)


def _is_utf_8(head: bytes) -> bool:
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head, final=False)
    except UnicodeDecodeError:
        return False
    return True


def _fits(data: bytes, name: str) -> bool:
    try:
        data.decode(name)
    except UnicodeDecodeError:
        return False
    return True
