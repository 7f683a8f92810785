"""Stops runs, after a person has agreed; holds those that wait, and releases them."""

from __future__ import annotations

import asyncio
from itertools import groupby
from typing import TYPE_CHECKING

from gitbatch_tui.core.jobs import control
from gitbatch_tui.errors import GitBatchError, Refused
from gitbatch_tui.models import State
from gitbatch_tui.ui.dialogs.confirm import Confirm
from gitbatch_tui.ui.dialogs.dialog import ask
from gitbatch_tui.ui.present import named
from gitbatch_tui.ui.sentences import about_cancelling, not_in_that_state

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gitbatch_tui.core.server.client import Server
    from gitbatch_tui.models import BatchRemote, Run
    from gitbatch_tui.ui.app import GitBatchApp
    from gitbatch_tui.ui.state import Selection


async def cancel(app: GitBatchApp, selection: Selection) -> None:
    """Cancel those of the selected runs that haven't ended."""
    # What was rejected may have submitted jobs before.
    runs = [run for run in selection.the_runs()
            if not run.state.final or run.state is State.REJECTED]  # fmt: skip
    if not runs:
        raise Refused(not_in_that_state(selection.the_runs(), "there is nothing to cancel"))
    groups = [list(group) for _, group in groupby(sorted(runs, key=_place), lambda run: run.remote)]
    servers = [app.session.server(app.live.remote_of(group[0])) for group in groups]
    if await ask(app, Confirm(about_cancelling(runs, app.live.now_for(runs[0].remote)))):
        await asyncio.gather(*map(_cancel, [app] * len(groups), servers, groups))


def _place(run: Run) -> tuple[str, bool, int]:
    # A run that waits would begin as soon as one that runs is gone.
    return run.remote, run.state is State.RUNNING, run.number


async def _cancel(app: GitBatchApp, server: Server, runs: Sequence[Run]) -> None:
    """Cancel the runs of one remote, one after the other."""
    for run in runs:
        try:
            with app.main.doing(f"Cancelling {named(run)} ..."):
                done = await asyncio.to_thread(control.cancel, server, run.number)
        except GitBatchError as error:
            await app.show_trouble(error)
            continue
        if done.trouble:
            words = f"{done.words}; {done.trouble}" if done.words else done.trouble
            app.tell(f"{named(run)}: {words}.", severity="warning")
        else:
            app.tell(f"{named(run)} is cancelled{f': {done.words}' if done.words else ''}.")


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
        with app.main.doing(f"Asking for {named(run)} to be held or released ..."):
            done = await asyncio.to_thread(control.toggle_hold, server, run.number)
    except GitBatchError as error:
        await app.show_trouble(error)
        return
    app.tell(f"{named(run)} is {done}.")
    app.live.ask_again(remote)
