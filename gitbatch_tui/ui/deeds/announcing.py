"""Says that runs have ended: toasts and, for those who want them, the terminal's bell and title."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gitbatch_tui.core.base.text import one_line
from gitbatch_tui.core.runs.outcome import outcome
from gitbatch_tui.models import State
from gitbatch_tui.ui import present
from gitbatch_tui.ui.deeds.showing import Showing

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime
    from pathlib import Path

    from textual.notifications import SeverityLevel

    from gitbatch_tui.models import Run
    from gitbatch_tui.ui.messages import ConfigRead

GATHERING = 1.0
"""Seconds in which runs that end are told of together."""
LISTED = 5
"""How many runs a toast names."""
_TITLE, _KEEP, _RESTORE = "\x1b]2;{}\x1b\\", "\x1b[22;2t", "\x1b[23;2t"
"""What sets a terminal's title, keeps the one before, and brings that back."""


class Announcing(Showing):
    """Nobody is told of the run that they are looking at."""

    def __init__(self, path: Path, clock: Callable[[], datetime]) -> None:
        super().__init__(path, clock)
        self._over: list[Run] = []
        self._rings = False
        self._title: str | None = None
        """The terminal's title; None where it isn't ours to set."""

    def on_config_read(self, fact: ConfigRead) -> None:
        self._rings = fact.config.screen.bell
        if fact.config.screen.title and self._title is None:
            self._title = ""
            self._say(_KEEP)
            self._show_title()

    def on_unmount(self) -> None:
        if self._title is not None:
            self._say(_RESTORE)

    # Runs that end

    def announce(self, ended: Sequence[Run]) -> None:
        if self._rings:
            self.bell()
        unseen = [run for run in ended if not self._is_looking_at(run)]
        if unseen and not self._over:
            self.set_timer(GATHERING, self._tell_of_the_ended)
        self._over += unseen

    def announce_stuck(self, stuck: Sequence[Run]) -> None:
        for run in stuck:
            self.tell(f"{run.stuck}. Press c to remove what is left.", run.name, "warning")

    def _is_looking_at(self, run: Run) -> bool:
        # While the app ends there is no screen any more.
        return self.screen_stack[-1:] == [self.main] and self.main.shows(run)

    def _tell_of_the_ended(self) -> None:
        runs, self._over = self._over, []
        good = all(run.state is State.SUCCEEDED for run in runs)
        severity: SeverityLevel = "information" if good else "warning"
        if len(runs) == 1:
            self.tell(runs[0].subject or runs[0].branch, _words(runs[0]), severity)
            return
        lines = [f"{_words(run)} · {one_line(run.subject or run.branch)}" for run in runs[:LISTED]]
        more = [f"and {len(runs) - LISTED} more"] if len(runs) > LISTED else []
        self.tell("\n".join([*lines, *more]), f"{len(runs)} runs have ended", severity)

    # The terminal's title

    def show_board(self) -> None:
        super().show_board()
        self._show_title()

    def _show_title(self) -> None:
        if self._title is None:
            return
        title = one_line(f"gitbatch {self.path.name} {present.counts(*self.board.remotes)}").strip()
        if title != self._title:
            self._title = title
            self._say(_TITLE.format(title))

    def _say(self, sequence: str) -> None:
        if self._driver and not self.is_headless:
            self._driver.write(sequence)


def _words(run: Run) -> str:
    return f"{run.name} {present.sign(run.state)} {outcome(run)}"
