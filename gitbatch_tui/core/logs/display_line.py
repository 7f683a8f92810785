"""Renders one log line: the text after its last carriage return, cut where it is too long."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING, NamedTuple

from gitbatch_tui.core.base.text import clean
from gitbatch_tui.core.logs.ansi import StyledText, spans

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Read = Callable[[int, int], bytes]

SHOWN = 4096
"""Bytes of one line that are shown."""
OVERWRITTEN = " ↺"
"""Stands behind a line that was written over, as progress bars are."""

_REST_OF_CHARACTER = re.compile(rb"[\x80-\xbf]{1,3}")
_BEGUN = re.compile(
    rb"(\x1b(\[[0-9;:]{0,64})?|[\xc0-\xff]|[\xe0-\xff][\x80-\xbf]|[\xf0-\xff][\x80-\xbf]{2})\Z"
)


@dataclass(frozen=True)
class DisplayLine:
    """One line as it is shown, and the bytes it stands for."""

    start: int
    next: int
    """Where the next line starts."""
    spans: tuple[StyledText, ...]
    before: str = ""
    """What is left out ahead of it, in words."""
    after: str = ""
    """What is left out behind it, in words."""

    @property
    def is_partial(self) -> bool:
        """True if something of it isn't shown."""
        return bool(self.before or self.after)


@dataclass(frozen=True)
class Match:
    """The text that was searched for, and the offset in bytes where it was found."""

    text: str = ""
    hit: int = -1
    low: int = 0
    """Backwards, where to look on from."""
    high: int = 0
    """Forwards, where to look on from."""


NOTHING = Match()


class _Part(NamedTuple):
    """Some bytes of a line."""

    low: int
    raw: bytes

    @property
    def high(self) -> int:
        return self.low + len(self.raw)

    def cut(self, low: int, high: int) -> _Part:
        return _Part(self.low + low, self.raw[low:high])


def render_line(read: Read, start: int, after: int, hit: int = -1) -> DisplayLine:
    """Render the line from `start` to `after`: the part around `hit` where there is one.

    At most a few blocks are read, however long the line is.
    """
    tail = max(start, after - SHOWN - 2)
    end = tail + len(read(tail, after - tail).rstrip(b"\r\n"))
    part = _near(read, start, end, hit)
    part = _state(part, hit)
    written_over = _touches_return(read, start, end, part)
    before = start < part.low and not written_over[0]
    after_ = part.high < end and not written_over[1]
    part = _whole(part, start=not before, end=not after_)
    return DisplayLine(
        start,
        after,
        spans(part.raw.decode("utf-8", "surrogateescape")),
        f"({part.low - start:,} bytes)…" if before else "",
        (f"…({end - part.high:,} more bytes)" if after_ else "")
        + (OVERWRITTEN if any(written_over) else ""),
    )


def _near(read: Read, start: int, end: int, hit: int) -> _Part:
    """The bytes in which the part to show is."""
    last = max(start, end - SHOWN)
    if hit >= 0:
        low = max(start, min(hit - SHOWN // 4, last))
        return _Part(low, read(low, min(SHOWN, end - low)))
    part = _Part(last, read(last, end - last))
    if last == start or b"\r" in part.raw:
        return part
    return _Part(start, read(start, SHOWN))


def _state(part: _Part, hit: int) -> _Part:
    """The state that `hit` is in, or the last one; carriage returns part them."""
    at = hit - part.low if hit >= 0 else len(part.raw)
    low = part.raw.rfind(b"\r", 0, at) + 1
    high = part.raw.find(b"\r", low)
    return part.cut(low, len(part.raw) if high < 0 else high)


def _touches_return(read: Read, start: int, end: int, part: _Part) -> tuple[bool, bool]:
    """True for a carriage return just before the part, and for one just behind it."""
    before = part.low > start and read(part.low - 1, 1) == b"\r"
    return before, part.high < end and read(part.high, 1) == b"\r"


def _whole(part: _Part, *, start: bool, end: bool) -> _Part:
    """Cut off what is left of a character or a colour at an end where the line was cut."""
    low, high = 0, len(part.raw)
    if not start and (rest := _REST_OF_CHARACTER.match(part.raw)):
        low = rest.end()
    if not end and (begun := _BEGUN.search(part.raw, low)):
        high = begun.start()
    return part.cut(low, high)


def marked(line: DisplayLine, text: str, *, on_it: bool) -> DisplayLine:
    """The line with every occurrence of a text made visible."""
    shown = "".join(span.text for span in line.spans)
    found = bytearray(len(shown))
    for match in re.finditer(re.escape(clean(text)), shown):
        found[match.start() : match.end()] = b"\1" * len(match[0])
    if not any(found):
        return line
    return replace(line, spans=tuple(_with_marks(line.spans, found, on_it=on_it)))


def _with_marks(
    pieces: tuple[StyledText, ...], found: bytearray, *, on_it: bool
) -> Iterator[StyledText]:
    flags = iter(found)
    for text, look in pieces:
        mark = replace(look, match=True, hit=on_it)
        # The text first: where it ends, no flag may be taken.
        flagged = zip(text, flags, strict=False)
        for is_match, letters in groupby(flagged, itemgetter(1)):
            yield StyledText("".join(letter for letter, _ in letters), mark if is_match else look)
