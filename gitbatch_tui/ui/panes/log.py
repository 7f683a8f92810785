"""The pane Log: the end of the selected run's log, as it grows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.containers import Vertical
from textual.content import Content

from gitbatch_tui.core.text import one_line

if TYPE_CHECKING:
    from gitbatch_tui.models import Run


class LogPane(Vertical, can_focus=True):
    """What the selected run says."""

    def __init__(self) -> None:
        super().__init__(id="log")
        self.run: Run | None = None
        self.border_title = "Log"

    def show_run(self, run: Run | None) -> None:
        """Show another run's log, or none."""
        self.run = run
        self.border_title = Content(one_line(f"Log of {run.name}" if run else "Log"))
