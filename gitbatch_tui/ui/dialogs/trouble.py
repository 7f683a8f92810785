"""Shows an error that has more to say than fits into a toast."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gitbatch_tui.ui.dialogs.dialog import words
from gitbatch_tui.ui.dialogs.reading import Reading

if TYPE_CHECKING:
    from collections.abc import Iterable

    from textual.widget import Widget

    from gitbatch_tui.errors import GitBatchError


class Trouble(Reading):
    """One sentence that says what happened, and what programs said."""

    HEADING = "That didn't work"

    def __init__(self, error: GitBatchError) -> None:
        super().__init__()
        self.error = error

    def holds(self) -> Iterable[Widget]:
        yield words(str(self.error), "-bad")
        if self.error.detail:
            yield words(self.error.detail, "-said")
