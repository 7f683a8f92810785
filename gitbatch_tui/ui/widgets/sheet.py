"""The lines of one page of a diff, as far as they have come, and what belongs together."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gitbatch_tui.ui.widgets.brush import Brush
from gitbatch_tui.ui.widgets.places import NOTHING, Pair, one_by_one, side_by_side, widest
from gitbatch_tui.ui.widgets.tabs import expanded

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gitbatch_tui.core.pages.lines import Line


class Sheet:
    """What is on the page, whatever the size of the screen."""

    def __init__(self, *, table: bool = False) -> None:
        self.table = table
        """Whether its rows are aligned, so that it can't be shown side by side."""
        self.lines: list[Line] = []
        self.texts: list[str] = []
        """As they are shown."""
        self.digits = 0
        """Of the largest line number; 0 where there are no numbers."""
        self.width = 0
        """Of the longest line, in cells."""
        self.pairs: list[Pair] = []
        self.brush = Brush(self.lines, self.texts, {})

    def add(self, lines: Sequence[Line]) -> None:
        """More lines of the same page."""
        texts = [expanded(line.text) for line in lines]
        self.lines += lines
        self.texts += texts
        self.width = max(self.width, widest(texts))
        if number := max((max(line.old, line.new) for line in lines), default=0):
            self.digits = max(self.digits, len(str(number)))
        self.pairs = side_by_side(self.lines)
        self.brush = Brush(self.lines, self.texts, {} if self.table else self._partners())

    def rows(self, *, beside: bool) -> list[Pair]:
        """The pairs as they are shown."""
        return self.pairs if beside else one_by_one(self.lines)

    def _partners(self) -> dict[int, int]:
        replaced = {p.old: p.new for p in self.pairs if p.old != p.new and NOTHING not in p}
        return replaced | {new: old for old, new in replaced.items()}
