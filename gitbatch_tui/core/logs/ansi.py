"""Reads the colours in a line of a log, and nothing else of what a terminal could be told."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, NamedTuple

from gitbatch_tui.core.base.text import clean

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

AnsiColour = int | tuple[int, int, int] | None
"""A number of the terminal's palette, or red, green and blue; None is the terminal's own."""

TAB = 8

_SGR = re.compile(r"\x1b\[([0-9;:]{0,64})m")


@dataclass(frozen=True)
class TextStyle:
    """How a piece of text is drawn."""

    colour: AnsiColour = None
    ground: AnsiColour = None
    bold: bool = False
    dim: bool = False
    italic: bool = False
    underline: bool = False
    reverse: bool = False
    strike: bool = False
    note: bool = False
    """Our own words, not the log's."""
    match: bool = False
    """What was searched for."""
    hit: bool = False
    """On the line that the search is at."""


PLAIN = TextStyle()
NOTE = TextStyle(note=True)


class StyledText(NamedTuple):
    """A piece of text with one look, without anything that could steer a terminal."""

    text: str
    look: TextStyle = PLAIN


_SIMPLE: dict[int, dict[str, Any]] = {
    1: {"bold": True},
    2: {"dim": True},
    3: {"italic": True},
    4: {"underline": True},
    7: {"reverse": True},
    9: {"strike": True},
    21: {"bold": False},
    22: {"bold": False, "dim": False},
    23: {"italic": False},
    24: {"underline": False},
    27: {"reverse": False},
    29: {"strike": False},
    39: {"colour": None},
    49: {"ground": None},
}
"""By the code of SGR, what it changes in a style."""
# First code, first colour of the palette, whether it is the ground.
_PALETTE = ((30, 0, False), (40, 0, True), (90, 8, False), (100, 8, True))
_COLOUR, _GROUND, _UNDERLINE = 38, 48, 4
_INDEXED, _RGB = 5, 2
_TOP = 255


def spans(raw: str) -> tuple[StyledText, ...]:
    """A line's text at rest: SGR becomes looks, tabs become spaces, the rest is cleaned."""
    return tuple(_merged(_expanded(_parts(raw))))


def _parts(raw: str) -> Iterator[StyledText]:
    look, at = PLAIN, 0
    for match in _SGR.finditer(raw):
        yield StyledText(clean(raw[at : match.start()]), look)
        look = _told(look, match[1])
        at = match.end()
    yield StyledText(clean(raw[at:]), look)


def _expanded(parts: Iterable[StyledText]) -> Iterator[StyledText]:
    column = 0
    for text, look in parts:
        before = " " * (column % TAB)
        expanded = (before + text).expandtabs(TAB)[len(before) :]
        column += len(expanded)
        yield StyledText(expanded, look)


def _merged(parts: Iterable[StyledText]) -> Iterator[StyledText]:
    last: StyledText | None = None
    for part in parts:
        if not part.text:
            continue
        if last and last.look == part.look:
            last = StyledText(last.text + part.text, last.look)
            continue
        if last:
            yield last
        last = part
    if last:
        yield last


def _told(look: TextStyle, parameters: str) -> TextStyle:
    """The look after an SGR sequence; what it asks for and we don't do is left out."""
    items = iter(parameters.split(";"))
    for item in items:
        code, *details = (int(number or 0) for number in item.split(":"))
        if code in {_COLOUR, _GROUND}:
            look = _coloured(look, _colour(details or _following(items)), ground=code == _GROUND)
        elif code == _UNDERLINE and details:
            look = replace(look, underline=details[0] != 0)
        else:
            look = _simple(look, code)
    return look


def _simple(look: TextStyle, code: int) -> TextStyle:
    if code == 0:
        return PLAIN
    if code in _SIMPLE:
        return replace(look, **_SIMPLE[code])
    for first, colour, ground in _PALETTE:
        if 0 <= code - first <= 7:  # noqa: PLR2004 # a palette has eight
            return _coloured(look, colour + code - first, ground=ground)
    return look


def _coloured(look: TextStyle, colour: AnsiColour, *, ground: bool) -> TextStyle:
    return replace(look, ground=colour) if ground else replace(look, colour=colour)


def _following(items: Iterator[str]) -> list[int]:
    """The details of a colour that is written with semicolons."""
    kind = _number(next(items, ""))
    count = {_INDEXED: 1, _RGB: 3}.get(kind, 0)
    return [kind, *(_number(next(items, "")) for _ in range(count))]


def _number(item: str) -> int:
    return int(item) if item.isdigit() else 0


def _colour(details: list[int]) -> AnsiColour:
    kind, *values = details
    if kind == _INDEXED and values and values[0] <= _TOP:
        return values[0]
    # With colons a colour space may stand before red, green and blue.
    rgb = tuple(values[-3:])
    if kind == _RGB and len(rgb) == 3 and max(rgb) <= _TOP:  # noqa: PLR2004  # as above
        return rgb
    return None
