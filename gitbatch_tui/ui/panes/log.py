"""The pane Log: the end of the selected run's log, as it grows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual.message import Message

from gitbatch_tui.ui.present import named
from gitbatch_tui.ui.widgets.log_view import LogView

if TYPE_CHECKING:
    from textual.timer import Timer

    from gitbatch_tui.core.logs.source import Source
    from gitbatch_tui.models import Run

PAUSE = 0.1
"""Seconds for which the cursor has to stay on a run before its log is opened."""


class LogPane(LogView):
    """End of the log of the selected run."""

    @dataclass
    class Wanted(Message):
        """The end of a run's log is to be shown here."""

        run: Run

    def __init__(self) -> None:
        super().__init__(id="log")
        self.add_class("-pane")
        self.run: Run | None = None
        self.border_title = "Log"
        self._timer: Timer | None = None

    def show_run(self, run: Run | None, instead: str = "") -> None:
        """Show this run's log, or words instead; the same one goes on as it is."""
        before, self.run = self.run, run
        if self.instead != instead:
            self.instead = instead
            self.refresh()
        self.live = run is not None and not run.state.final
        if (before.name if before else None) == (run.name if run else None):
            return
        if self._timer:
            self._timer.stop()
        self.show(None, f"Log of {named(run)}" if run else "Log")
        self._timer = self.set_timer(PAUSE, self._ask)

    def _ask(self) -> None:
        if self.run:
            self.post_message(self.Wanted(self.run))

    def look_at(self, run: Run, source: Source, name: str) -> None:
        """Show what was asked for, unless another run is selected by now."""
        if self.run is None or run.name != self.run.name:
            source.close()
            return
        title = f"Log of {named(run)}" if name == "output" else f"Log of {named(run)}, {name}"
        self.show(source, title)
        self.live = not self.run.state.final
