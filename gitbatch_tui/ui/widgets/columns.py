"""Columns of a list: how wide each is, and which give way where there is little room."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from rich.cells import cell_len, set_cell_size

if TYPE_CHECKING:
    from collections.abc import Sequence

GAP = 1


@dataclass(frozen=True)
class Column:
    """One column."""

    key: str
    title: str
    width: int
    """The least, in cells, without the gap after it."""
    most: int = 0
    """How wide it may become; 0 means no wider than `width`."""
    share: int = 0
    """Its part of the room that is left."""
    right: bool = False
    """Whether its text stands at its right side."""
    rank: int = 0
    """Where there is too little room, those of the highest rank go first; 0 stays always."""

    def place(self, text: str, width: int) -> str:
        """The text in exactly that many cells and the gap."""
        size = cell_len(text)
        if size > width:
            return set_cell_size(text, max(0, width - 1)) + "…" + " " * GAP if width else ""
        pad = " " * (width - size)
        return f"{pad}{text} " if self.right else f"{text}{pad} "


Fitted = list[tuple[Column, int]]


def fit(columns: Sequence[Column], room: int) -> Fitted:
    """The columns that fit into the room, each with its width."""
    shown = list(columns)
    while shown and _needed(shown) > room and any(column.rank for column in shown):
        shown.remove(max(shown, key=lambda column: column.rank))
    left = max(0, room - _needed(shown))
    widths = {column.key: column.width for column in shown}
    growing = [column for column in shown if column.share]
    while left > 0 and growing:
        left, growing = _grow(widths, growing, left)
    return [(column, widths[column.key]) for column in shown]


def _needed(columns: Sequence[Column]) -> int:
    return 1 + sum(column.width + GAP for column in columns)


def _grow(widths: dict[str, int], columns: list[Column], left: int) -> tuple[int, list[Column]]:
    """Hand out room by shares, once; who has enough takes part no more."""
    total = sum(column.share for column in columns)
    given = 0
    for column in columns:
        wish = max(1, left * column.share // total)
        limit = column.most - widths[column.key] if column.most else left
        step = min(wish, limit, left - given)
        widths[column.key] += step
        given += step
    hungry = [c for c in columns if not c.most or widths[c.key] < c.most]
    return left - given, hungry if given else []
