"""Chooses what is shown, and opens the screens that only show something."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from gitbatch_tui.models import State
from gitbatch_tui.ui.deeds.base import local_clock
from gitbatch_tui.ui.deeds.looking import Looking
from gitbatch_tui.ui.memory import Memory
from gitbatch_tui.ui.screens.main import MainScreen

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from pathlib import Path

    from gitbatch_tui.core.logs.run_files import RunFile
    from gitbatch_tui.models import Run
    from gitbatch_tui.ui.requests import (
        Declined,
        GlimpseRequested,
        HelpRequested,
        JournalRequested,
        LogRequested,
        OrderRequested,
        ShowRequested,
    )
    from gitbatch_tui.ui.screens.log import LogScreen


class Showing(Looking):
    """Nothing in here changes anything but the screen; deeds that change more build on it."""

    def __init__(self, path: Path, clock: Callable[[], datetime] = local_clock) -> None:
        super().__init__(path, clock)
        self.memory = Memory.read()
        self.main = MainScreen(clock)
        self.main.runs.restore_order(self.memory.sort, reverse=self.memory.reverse)
        self._open_log: LogScreen | None = None
        """The log that is shown full screen."""

    def show_board(self) -> None:
        self.main.show(self.board)
        log = self._open_log
        if log and (run := self.board.find(log.run.remote, log.run.number)):
            log.show_run(run)

    def show_run(self, remote: str, number: int) -> None:
        """Put the cursor on a run as soon as it is known, whatever was shown before."""
        self.show_only(remote if self.board.remote else None, None)
        self.main.wait_for(remote, number)

    def show_only(self, remote: str | None, branch: str | None) -> None:
        """Show the runs of one remote, or of all; of one branch, or of all."""
        self.board = replace(self.board, remote=remote, branch=branch)
        self.show_branches()

    def on_show_requested(self, request: ShowRequested) -> None:
        self.show_only(request.remote, request.branch)

    def on_order_requested(self, request: OrderRequested) -> None:
        self.memory.remember(sort=request.column, reverse=request.reverse)

    def on_declined(self, declined: Declined) -> None:
        self.tell(declined.reason, severity="warning")

    def on_glimpse_requested(self, request: GlimpseRequested) -> None:
        file = self._files(request.run)[0]
        if self.main.log_pane:
            self.main.log_pane.look_at(request.run, file.open(), file.name)

    def on_log_requested(self, request: LogRequested) -> None:
        from gitbatch_tui.ui.screens.log import LogScreen  # noqa: PLC0415  # not the first to show

        run = request.run
        further = partial(self._further_files, run)
        self._open_log = LogScreen(run, self._files(run), further, self.journaled)
        self.push_screen(self._open_log, self._log_is_closed)

    def _log_is_closed(self, _: None) -> None:
        self._open_log = None

    def _further_files(self, run: Run) -> tuple[RunFile, ...]:
        """Asks the server, so it is for a worker."""
        from gitbatch_tui.core.logs.run_files import further_files  # noqa: PLC0415  # after the picture
        from gitbatch_tui.core.server.client import server_of  # noqa: PLC0415

        remote = self.board.views[run.remote].remote
        return further_files(server_of(self.hosts, remote), run.number)

    def _files(self, run: Run) -> tuple[RunFile, ...]:
        """The files of a run, the one that says most first."""
        from gitbatch_tui.core.logs.run_files import files_of  # noqa: PLC0415  # after the picture
        from gitbatch_tui.core.server.client import server_of  # noqa: PLC0415

        remote = self.board.views[run.remote].remote
        output, schedule, *others = files_of(server_of(self.hosts, remote), run.number)
        if run.state is State.REJECTED:
            return (schedule, output, *others)
        return (output, schedule, *others)

    def action_help_quit(self) -> None:
        """What ctrl+c does, which many press to get out."""
        self.tell("Press q to quit; esc leaves what you are in.")

    def on_journal_requested(self, _: JournalRequested) -> None:
        from gitbatch_tui.ui.screens.journal import JournalScreen  # noqa: PLC0415  # seldom needed

        self.push_screen(JournalScreen(lambda: self.journal))

    def on_help_requested(self, request: HelpRequested) -> None:
        from gitbatch_tui.ui.dialogs.help import HelpScreen  # noqa: PLC0415  # seldom needed

        self.push_screen(HelpScreen(request.pane))
