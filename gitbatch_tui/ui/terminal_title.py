"""The terminal's title, for those who want to see there how many jobs run and wait."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gitbatch_tui.core.base.text import one_line
from gitbatch_tui.ui import present

if TYPE_CHECKING:
    from collections.abc import Callable

    from gitbatch_tui.ui.state import AppState

_TITLE, _KEEP, _RESTORE = "\x1b]2;{}\x1b\\", "\x1b[22;2t", "\x1b[23;2t"
"""What sets a terminal's title, keeps the one before, and brings that back."""


class TerminalTitle:
    """Ours from `take` to `give_back`; before and after, nothing is written."""

    def __init__(self, name: str, write: Callable[[str], None]) -> None:
        """`name` is what the screen is about; `write` brings a sequence to the terminal."""
        self._name = name
        self._write = write
        self._title: str | None = None

    def take(self, state: AppState) -> None:
        """Keep the title that is there, and show ours instead."""
        if self._title is None:
            self._title = ""
            self._write(_KEEP)
            self.show(state)

    def show(self, state: AppState) -> None:
        """Write the title where it is ours and says something else by now."""
        title = one_line(f"gitbatch {self._name} {present.counts(*state.remotes)}").strip()
        if self._title not in {None, title}:
            self._title = title
            self._write(_TITLE.format(title))

    def give_back(self) -> None:
        """Show again what was there before."""
        if self._title is not None:
            self._write(_RESTORE)
