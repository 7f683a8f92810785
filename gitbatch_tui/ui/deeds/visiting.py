"""Makes room for programs that need the terminal: ssh's questions, a shell in a run tree."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import work
from textual.app import SuspendNotSupported

from gitbatch_tui.errors import Refused, Unreachable
from gitbatch_tui.ui.deeds.acting import Acting
from gitbatch_tui.ui.messages import ShellReady
from gitbatch_tui.ui.requests import RefreshRequested

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.message import Message

    from gitbatch_tui.errors import GitBatchError
    from gitbatch_tui.models import BatchRemote, Run
    from gitbatch_tui.ui.requests import LoginRequested, ShellRequested


class Visiting(Acting):
    """The screen is suspended meanwhile; what is under way elsewhere goes on."""

    _logging_in = False

    def in_terminal(self, argv: Sequence[str]) -> int | None:
        """Run a program there; its exit status, or None where that can't be."""
        from gitbatch_tui.core.hosts.terminal import run_here  # noqa: PLC0415  # seldom needed

        with self.troubleshooting():
            try:
                with self.suspend():
                    return run_here(argv, self.journaled)
            except SuspendNotSupported as error:
                raise Refused("This terminal can't be given to another program.") from error
        return None

    # Logging in

    def show_trouble(self, error: GitBatchError) -> None:
        """Where logging in would help, offer that."""
        again = self.take_again(error)
        if isinstance(error, Unreachable) and error.login:
            self._offer_login(error, again)
        else:
            super().show_trouble(error)

    def _offer_login(self, error: Unreachable, again: Message | None) -> None:
        from gitbatch_tui.ui.dialogs.confirm import Confirm  # noqa: PLC0415  # seldom needed
        from gitbatch_tui.ui.sentences import about_login  # noqa: PLC0415  # seldom needed

        if self._logging_in:
            return
        self._logging_in = True

        def decided(agreed: bool | None) -> None:  # noqa: FBT001  # what a dialog gives back
            self._logging_in = False
            if agreed:
                self._log_in(error.login, again)

        self.push_screen(Confirm(about_login(error)), decided)

    def on_login_requested(self, request: LoginRequested) -> None:
        with self.troubleshooting():
            argv = self.server(request.remote).host.login_command()
            if argv:
                self._log_in(argv)

    def _log_in(self, argv: Sequence[str], again: Message | None = None) -> None:
        status = self.in_terminal(argv)
        if status:
            self.tell("ssh didn't get in; nothing was done.", severity="warning")
        elif status == 0:
            self.on_refresh_requested(RefreshRequested(()))
            if again:
                self.post_message(again)

    # Shells

    def on_shell_requested(self, request: ShellRequested) -> None:
        with self.troubleshooting():
            self._find_tree(self.remote_of(request.run), request.run)

    @work(thread=True, exit_on_error=False, group="shell")
    def _find_tree(self, remote: BatchRemote, run: Run) -> None:
        from gitbatch_tui.core.runs.shell import shell_command  # noqa: PLC0415  # seldom needed

        self.post_message(ShellReady(tuple(shell_command(self.server(remote), run.number))))

    def on_shell_ready(self, fact: ShellReady) -> None:
        self.in_terminal(fact.command)
