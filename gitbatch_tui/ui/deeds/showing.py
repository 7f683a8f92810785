"""Chooses what is shown, and opens the screens that only show something."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from textual import work

from gitbatch_tui.core.view import begin_clone
from gitbatch_tui.errors import NotARepository
from gitbatch_tui.ui.deeds.looking import Looking
from gitbatch_tui.ui.messages import CloneRead

if TYPE_CHECKING:
    from gitbatch_tui.errors import GitBatchError
    from gitbatch_tui.ui.requests import HelpRequested, JournalRequested


class Showing(Looking):
    """Nothing in here changes anything but the screen."""

    def show_only(self, remote: str | None, branch: str | None) -> None:
        """Show the runs of one remote, or of all; of one branch, or of all."""
        self.board = replace(self.board, remote=remote, branch=branch)
        self.show_branches()

    def on_journal_requested(self, _: JournalRequested) -> None:
        from gitbatch_tui.ui.screens.journal import JournalScreen  # noqa: PLC0415  # seldom needed

        self.push_screen(JournalScreen(self.journal))

    def on_help_requested(self, request: HelpRequested) -> None:
        from gitbatch_tui.ui.screens.help import HelpScreen  # noqa: PLC0415  # seldom needed

        self.push_screen(HelpScreen(request.pane))

    def explain(self, error: GitBatchError) -> None:
        """Say why there is nothing to show, and offer the ways on."""
        from gitbatch_tui.ui.dialogs.advice import Advice  # noqa: PLC0415  # seldom needed

        ways = [("r", "look again"), ("q", "quit")]
        if isinstance(error, NotARepository):
            ways.insert(0, ("i", "make a repository here, as git init does"))
        self.push_screen(Advice("Not here yet", str(error), ways), self._take_way)

    def _take_way(self, way: str | None) -> None:
        if way == "i":
            self._init()
        elif way == "r":
            self.reread()
        else:
            self.exit()

    @work(thread=True, exit_on_error=False)
    def _init(self) -> None:
        self.post_message(CloneRead(begin_clone(self.path)))
