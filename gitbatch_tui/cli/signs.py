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


def use_plain_signs() -> None:
    """Let commands print in any locale; letters that it doesn't have become question marks."""
    codecs.register_error(_HANDLER, plain)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper) and codecs.lookup(stream.encoding).name != "utf-8":
            stream.reconfigure(errors=_HANDLER)


def plain(error: UnicodeError) -> tuple[str, int]:
    """Replace the letters that an encoding doesn't have; says where to go on after them."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    letters = error.object[error.start : error.end]
    return "".join(_PLAIN.get(letter, _UNKNOWN) for letter in letters), error.end
