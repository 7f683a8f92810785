"""Makes text from outside harmless: what could steer a terminal or deceive the eye becomes visible.

This is the one boundary. Whatever a server, a repository, a job or a program said passes it
before anybody looks at it; everything that is just text stays as it is.
"""

from __future__ import annotations

import re

_CONTROLS = (
    "NUL SOH STX ETX EOT ENQ ACK BEL BS TAB LF VT FF CR SO SI "
    "DLE DC1 DC2 DC3 DC4 NAK SYN ETB CAN EM SUB ESC FS GS RS US"
)
_NAMES = {**dict(enumerate(_CONTROLS.split())), 0x7F: "DEL"}
# Where Python keeps bytes that aren't UTF-8: as lone surrogates.
_RAW_BYTES = range(0xDC80, 0xDD00)

# Unicode's default-ignorable code points without the variation selectors that emoji need, and
# with the line and paragraph separators, the interlinear annotations, and what XML has no place
# for.
_INVISIBLE = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e"
    "\u2060-\u206f\u3164\ufeff\uffa0\ufff0-\ufffb\ufffe\uffff"
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)
_HOSTILE = re.compile(f"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff{_INVISIBLE}]")
_LINE_BREAKING = re.compile("[\n\t]")
_IN_ONE_LINE = {"\n": "<LF>", "\t": " "}


def clean(text: str | bytes) -> str:
    """Show hostile characters as `<ESC>`, `<U+202E>` or `<0xFF>`; keep newlines, tabs and the rest.

    Bytes are read as UTF-8, and those that aren't are shown one by one. Cleaning twice is
    cleaning once.
    """
    if isinstance(text, bytes):
        text = text.decode("utf-8", "surrogateescape")
    return _HOSTILE.sub(_visible, text)


def one_line(text: str | bytes) -> str:
    """Clean a text for a place with a single line: newlines become visible, tabs become spaces."""
    return _LINE_BREAKING.sub(lambda match: _IN_ONE_LINE[match[0]], clean(text))


def _visible(match: re.Match[str]) -> str:
    code = ord(match[0])
    if code in _NAMES:
        return f"<{_NAMES[code]}>"
    if code in _RAW_BYTES:
        return f"<0x{code - 0xDC00:02X}>"
    return f"<U+{code:04X}>"
