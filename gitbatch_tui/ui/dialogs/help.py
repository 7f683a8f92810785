"""The keys of a pane."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.content import Content
from textual.widgets import Static

from gitbatch_tui.ui.dialogs.reading import Reading
from gitbatch_tui.ui.keys import KEYS, MOVES

if TYPE_CHECKING:
    from collections.abc import Iterable

    from textual.widget import Widget


class HelpScreen(Reading):
    """What can be pressed, and what it does."""

    def __init__(self, pane: str) -> None:
        super().__init__()
        self.pane = pane

    @property
    def heading(self) -> str:
        return f"Keys in {self.pane.capitalize()}"

    def holds(self) -> Iterable[Widget]:
        rows = [(key.shown, key.help) for key in KEYS if self.pane in key.panes]
        yield Static(Content("\n").join(_line(*row) for row in [*MOVES, *rows]))


def _line(key: str, words: str) -> Content:
    return Content.assemble((f"{key:>9}", "bold $text-primary"), f"  {words}")
