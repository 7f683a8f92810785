"""Stops runs, after a person has agreed; holds those that wait, and releases them."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from gitbatch_tui.core.jobs.cancel import cancel as cancel_jobs
from gitbatch_tui.core.jobs.cancel import keep_waiting, turn
from gitbatch_tui.core.jobs.hold import toggle_hold
from gitbatch_tui.errors import Refused
from gitbatch_tui.models import State
from gitbatch_tui.ui.actions.several import each
from gitbatch_tui.ui.dialogs.confirm import Confirm
from gitbatch_tui.ui.dialogs.dialog import ask
from gitbatch_tui.ui.present import named
from gitbatch_tui.ui.sentences import about_cancelling, not_in_that_state

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gitbatch_tui.core.jobs.cancel import CancelResult
    from gitbatch_tui.models import Run
    from gitbatch_tui.ui.app import GitBatchApp
    from gitbatch_tui.ui.state import Selection

AT_ONCE = 4
"""Runs of one batch remote that are cancelled, held or released at a time."""


async def cancel(app: GitBatchApp, selection: Selection) -> None:
    """Cancel those of the selected runs that haven't ended."""
    # What was rejected may have submitted jobs before.
    runs = [run for run in selection.the_runs()
            if not run.state.final or run.state is State.REJECTED]  # fmt: skip
    if not runs:
        raise Refused(not_in_that_state(selection.the_runs(), "there is nothing to cancel"))
    for run in runs:
        app.live.state.own_remote_of(run)
    if await ask(app, Confirm(about_cancelling(runs, app.live.now_for(runs[0].remote)))):
        app.main.runs.unmark(selection.marked)
        for run in runs:
            app.notifications.expect(run)
        runs.sort(key=turn)
        marked = await _keep_waiting(app, runs)
        orders = await each(
            app,
            runs,
            "Cancelling",
            lambda server, run: cancel_jobs(server, run.number, marked[run.remote]),
            AT_ONCE,
        )
        _tell_cancelled(app, orders)


async def _keep_waiting(app: GitBatchApp, runs: Sequence[Run]) -> dict[str, frozenset[int]]:
    """Keep runs that wait from beginning; their numbers, by batch remote."""
    marked = {}
    for name in {run.remote for run in runs}:
        own = [run for run in runs if run.remote == name]
        server = app.session.server(app.live.state.own_remote_of(own[0]))
        with app.main.doing("Cancelling ..."):
            marked[name] = await asyncio.to_thread(keep_waiting, server, own)
    return marked


def _tell_cancelled(app: GitBatchApp, orders: Sequence[tuple[Run, CancelResult]]) -> None:
    """Say what became of them, in one message where all went well."""
    stopped = []
    for run, done in orders:
        if done.trouble:
            words = f"{done.words}; {done.trouble}" if done.words else done.trouble
            app.tell(f"{named(run)}: {words}.", severity="warning")
        else:
            stopped.append(f"{named(run)} is cancelled{f': {done.words}' if done.words else ''}.")
    if stopped:
        app.tell(stopped[0] if len(stopped) == 1 else f"{len(stopped)} runs are cancelled.")


async def hold(app: GitBatchApp, selection: Selection) -> None:
    """Hold those of the selected runs that are in the queue; release them where all are held."""
    queued = {State.QUEUED, State.SUBMITTED}
    runs = [run for run in selection.the_runs() if run.state in queued]
    if not runs:
        raise Refused(not_in_that_state(selection.the_runs(), "only what is queued can be held"))
    runs = [run for run in runs if not run.held] or runs
    app.main.runs.unmark(selection.marked)
    toggled = await each(
        app,
        runs,
        "Holding or releasing",
        lambda server, run: toggle_hold(server, run.number),
        AT_ONCE,
    )
    for word in sorted({word for _, word in toggled}):
        own = [run for run, done in toggled if done == word]
        app.tell(f"{named(own[0])} is {word}." if len(own) == 1 else f"{len(own)} runs are {word}.")
    if toggled:
        app.live.ask_again(*{app.live.state.own_remote_of(run) for run, _ in toggled})
