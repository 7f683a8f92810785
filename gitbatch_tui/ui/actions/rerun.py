"""Runs the commit of a run again."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from gitbatch_tui.core.submit.push import SERVER
from gitbatch_tui.ui.actions.started import show_started
from gitbatch_tui.ui.dialogs.dialog import ask
from gitbatch_tui.ui.dialogs.progress import show_progress
from gitbatch_tui.ui.dialogs.rerun import RerunDialog

if TYPE_CHECKING:
    from gitbatch_tui.ui.app import GitBatchApp
    from gitbatch_tui.ui.state import Selection


async def rerun(app: GitBatchApp, selection: Selection) -> None:
    """Ask for parameters; then the server does it, whether somebody looks or not."""
    run = selection.the_run()
    remote = app.live.remote_of(run)
    server = app.session.server(remote)
    options = await ask(app, RerunDialog(run))
    if options is None:
        return
    goes_on = f"{remote.name} goes on with it: the run appears in the list."
    heading = f"Run {run.name} again"
    with (
        app.live.beginning(remote, run) as begun,
        show_progress(app, heading, "Scheduling ...", stoppable=False, goes_on=goes_on) as progress,
    ):
        receipt = await asyncio.to_thread(
            server.rerun, run.number, options, lambda line: progress.hear(f"{SERVER}{line}")
        )
        begun.receipt = receipt
        progress.see(receipt)
    show_started(app, remote, receipt)
