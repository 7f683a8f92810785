"""Rows of cells in columns, as wide as a terminal has room for."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

from gitbatch_tui.cli.output import terminal_width

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_WIDEST, _ENOUGH, _LAST = 32, 12, 7
"""Cells that a column gets at most, with which a subject says something, and of the last one."""
_LONG, _LEAST = {"branch", "parameters", "by", "job", "name", "host"}, 6
"""The columns that may be cut where there is no room, and to how much."""
_GAP = "  "


def table(rows: Sequence[Sequence[str]], *, whole: bool = False) -> Iterator[str]:
    """Rows in columns; unless they are to be whole, they are cut to the terminal's width."""
    widths = [max(map(width, column)) for column in zip(*rows, strict=True)]
    room = sum(widths) + len(_GAP) * len(widths)
    if not whole:
        room = terminal_width()
        widths = [min(_WIDEST, columns) for columns in widths]
        widths = _narrowed(widths, rows[0], room - len(_GAP) * (len(widths) - 1))
    for row in rows:
        line = _GAP.join(map(_fit, row, widths)).rstrip()
        yield line if width(line) <= room else _fit(line, room)


def _narrowed(widths: Sequence[int], header: Sequence[str], room: int) -> list[int]:
    """Take from the widest, one column after another, until all fit; the last has what is left.

    What names a run and says its state is kept whole.
    """
    least = [_LEAST if name in _LONG else given for name, given in zip(header, widths, strict=True)]
    widths = [*widths[:-1], max(room - sum(widths[:-1]), _LAST)]
    while sum(widths) > room and (
        spare := [at for at in range(len(widths) - 1) if widths[at] > least[at]]
    ):
        widths[max(spare, key=lambda at: widths[at])] -= 1
    return widths


def width(text: str) -> int:
    """Columns that a text takes in a terminal."""
    return sum(map(_columns, text))


def _columns(sign: str) -> int:
    if unicodedata.combining(sign):
        return 0
    return 2 if unicodedata.east_asian_width(sign) in "WF" else 1


def _fit(text: str, columns: int) -> str:
    if width(text) <= columns:
        return text + " " * (columns - width(text))
    kept = ""
    for sign in text:
        if width(kept + sign) >= columns:
            break
        kept += sign
    return f"{kept}…"


def room_for(rows: Sequence[Sequence[str]]) -> int:
    """Cells that these rows take, of a subject as much as says something."""
    most = [_ENOUGH if name == "subject" else _WIDEST for name in rows[0]]
    columns = zip(*rows, strict=True)
    widths = [min(limit, max(map(width, own))) for limit, own in zip(most, columns, strict=True)]
    return sum(widths) + len(_GAP) * (len(widths) - 1)
