"""Holds runs that wait, and releases those that are held."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from gitbatch_tui.core.jobs.control import toggle_hold
from gitbatch_tui.errors import GitBatchError, Refused
from gitbatch_tui.models import State
from gitbatch_tui.ui.sentences import not_in_that_state

if TYPE_CHECKING:
    from gitbatch_tui.models import BatchRemote, Run
    from gitbatch_tui.ui.app import GitBatchApp
    from gitbatch_tui.ui.state import Selection


async def hold(app: GitBatchApp, selection: Selection) -> None:
    """Hold or release those of the selected runs that are in the queue."""
    queued = {State.QUEUED, State.SUBMITTED}
    runs = [run for run in selection.the_runs() if run.state in queued]
    if not runs:
        raise Refused(not_in_that_state(selection.the_runs(), "only what is queued can be held"))
    remotes = [app.live.remote_of(run) for run in runs]
    await asyncio.gather(*map(_toggle, [app] * len(runs), remotes, runs))


async def _toggle(app: GitBatchApp, remote: BatchRemote, run: Run) -> None:
    server = app.session.server(remote)
    try:
        with app.main.doing(f"Asking for {run.name} to be held or released ..."):
            done = await asyncio.to_thread(toggle_hold, server, run.number)
    except GitBatchError as error:
        await app.show_trouble(error)
        return
    app.tell(f"{run.name} is {done}.")
    app.live.ask_again(remote)
