"""The lines of one page of a diff, as far as they have come, and what belongs together."""

from __future__ import annotations

from itertools import islice, takewhile
from typing import TYPE_CHECKING

from gitbatch_tui.core.diffs.model import Kind
from gitbatch_tui.ui.widgets.places import widest
from gitbatch_tui.ui.widgets.tabs import expanded

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from gitbatch_tui.core.diffs.model import DiffLine

_FAR = 1_000


class Sheet:
    """What is on the page, whatever the size of the screen."""

    def __init__(self, *, table: bool = False) -> None:
        self.table = table
        """Whether its rows are aligned, so that it can't be shown side by side."""
        self.lines: list[DiffLine] = []
        self.texts: list[str] = []
        """As they are shown."""
        self.digits = 0
        """Of the largest line number; 0 where there are no numbers."""
        self.width = 0
        """Of the longest line, in cells."""

    def add(self, lines: Sequence[DiffLine]) -> None:
        """More lines of the same page."""
        texts = [expanded(line.text) for line in lines]
        self.lines += lines
        self.texts += texts
        self.width = max(self.width, widest(texts))
        old, new = (max((line[side] for line in lines), default=0) for side in (2, 3))
        if number := max(old, new):
            self.digits = max(self.digits, len(str(number)))

    def partner(self, index: int) -> int | None:
        """The line that replaces another one, or that it replaces, unless that is far away."""
        kind = self.lines[index].kind
        if self.table or kind not in (Kind.ADDED, Kind.DELETED):
            return None
        before = _count(kind, (self.lines[at] for at in range(index - 1, -1, -1)))
        if kind is Kind.DELETED:
            size = before + _count(kind, islice(self.lines, index, index + _FAR))
            partner = index + size
            last = self.lines[partner - before : partner + 1]
            near = before < _FAR and len(last) > before
            return partner if near and _all(Kind.ADDED, last) else None
        first = index - before
        gone = _count(Kind.DELETED, (self.lines[at] for at in range(first - 1, -1, -1)))
        return first - gone + before if before < gone < _FAR else None


def _count(kind: Kind, lines: Iterable[DiffLine]) -> int:
    """How many of that kind come first, as far as one looks."""
    return sum(1 for _ in takewhile(lambda line: line.kind is kind, islice(lines, _FAR)))


def _all(kind: Kind, lines: Iterable[DiffLine]) -> bool:
    return all(line.kind is kind for line in lines)
