"""Makes room for programs that need the terminal: ssh's questions, a shell in a run tree."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from textual.app import SuspendNotSupported

from gitbatch_tui.core.hosts import terminal
from gitbatch_tui.errors import Refused

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gitbatch_tui.ui.app import GitBatchApp
    from gitbatch_tui.ui.state import Selection


async def shell(app: GitBatchApp, selection: Selection) -> None:
    """Open a shell in the run tree of the selected run."""
    run = selection.the_run()
    server = app.session.server(app.live.state.own_remote_of(run))
    with app.main.doing(f"Looking for the run tree of {run.name} ..."):
        command = await asyncio.to_thread(server.files.shell, run.number)
    in_terminal(app, command)


async def login(app: GitBatchApp, selection: Selection) -> None:
    """Let ssh ask what it has to ask before it connects to the selected batch remote."""
    if command := app.session.server(selection.the_remote()).host.login_command():
        log_in(app, command)


def log_in(app: GitBatchApp, command: Sequence[str]) -> bool:
    """Let ssh ask in the terminal; True where it got in."""
    if in_terminal(app, command):
        app.tell("The login failed; nothing was changed.", severity="warning")
        return False
    app.live.ask_again()
    return True


def in_terminal(app: GitBatchApp, command: Sequence[str]) -> int:
    """Suspend the screen, and run a program; its exit status. What is under way goes on.

    Raises `Refused` where the screen can't be suspended.
    """
    try:
        with app.suspend():
            return terminal.run_here(command, app.session.record)
    except SuspendNotSupported as error:
        raise Refused("This terminal can't be given to another program.") from error
