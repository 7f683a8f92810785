"""Everything about a run: its record, its timeline, where it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Static

from gitbatch_tui.core.base.text import clean
from gitbatch_tui.ui.dialogs.reading import Reading
from gitbatch_tui.ui.record import sections

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from textual.widget import Widget

    from gitbatch_tui.models import BatchRemote, Run
    from gitbatch_tui.ui.record import Fact


class Details(Reading):
    """As large as the screen lets it be; scrolls."""

    def __init__(self, run: Run, remote: BatchRemote, now: datetime) -> None:
        super().__init__()
        self.run = run
        self.sections = sections(run, remote, now)

    @property
    def heading(self) -> str:
        return f"Everything about {self.run.name}"

    def holds(self) -> Iterable[Widget]:
        for title, facts in self.sections:
            if facts:
                yield Static(Content(title), classes="-section")
                yield from map(_line, facts)


def _line(fact: Fact) -> Horizontal:
    name, text, style = fact
    shown = Content.styled(clean(text), style) if style else Content(clean(text))
    return Horizontal(Static(name, classes="-name"), Static(shown, classes="-value"))
