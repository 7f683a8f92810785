"""Signs for terminals whose locale isn't UTF-8: plain ones in place of those that it can't show."""

from __future__ import annotations

import codecs
import io
import sys

from gitbatch_tui.core.base.format import BAD, GOOD

_HANDLER = "gitbatch-tui.plain"
_PLAIN = {
    GOOD: "+",
    "✓": "+",
    BAD: "x",
    "≠": "!=",
    "…": "...",
    "⋯": "...",
    "→": "->",
    "←": "<-",
    "↑": "^",
    "↓": "v",
    "·": "-",
    "“": '"',
    "”": '"',
    "●": "*",
    "○": "o",
    "│": "|",
    "─": "-",
}
_UNKNOWN = "?"
_ASCII = "gitbatch_tui_ascii"
"""ASCII by another name: click takes what is called that for a mistake, and writes UTF-8."""


def use_plain_signs() -> None:
    """Let commands print in any locale; letters that it doesn't have become question marks."""
    codecs.register_error(_HANDLER, plain)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper) and codecs.lookup(stream.encoding).name != "utf-8":
            _speak_plainly(stream)


def _speak_plainly(stream: io.TextIOWrapper) -> None:
    encoding = codecs.lookup(stream.encoding)
    if encoding.name == "ascii":
        codecs.register(_renamed)
        stream.reconfigure(encoding=_ASCII, errors=_HANDLER)
    else:
        stream.reconfigure(errors=_HANDLER)


def _renamed(name: str) -> codecs.CodecInfo | None:
    if name != _ASCII:
        return None
    encode, decode, reader, writer = codecs.lookup("ascii")
    incremental = codecs.getincrementalencoder("ascii"), codecs.getincrementaldecoder("ascii")
    return codecs.CodecInfo(encode, decode, reader, writer, *incremental, name=_ASCII)


def plain(error: UnicodeError) -> tuple[str, int]:
    """Replace the letters that an encoding doesn't have; says where to go on after them."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    letters = error.object[error.start : error.end]
    return "".join(_PLAIN.get(letter, _UNKNOWN) for letter in letters), error.end
