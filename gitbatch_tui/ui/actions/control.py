"""Stops runs, after a person has agreed; holds those that wait, and releases them."""

from __future__ import annotations

import asyncio
from itertools import chain, repeat
from typing import TYPE_CHECKING

from gitbatch_tui.core.base.format import plural
from gitbatch_tui.core.jobs.cancel import cancel as cancel_runs
from gitbatch_tui.core.jobs.hold import toggle_hold
from gitbatch_tui.errors import Refused
from gitbatch_tui.models import State
from gitbatch_tui.ui.actions.several import each, show_troubles
from gitbatch_tui.ui.dialogs.confirm import Confirm
from gitbatch_tui.ui.dialogs.dialog import ask
from gitbatch_tui.ui.present import named
from gitbatch_tui.ui.sentences import about_cancelling, not_in_that_state

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gitbatch_tui.core.jobs.cancel_result import CancelResult
    from gitbatch_tui.models import BatchRemote, Run
    from gitbatch_tui.ui.app import GitBatchApp
    from gitbatch_tui.ui.state import Selection

AT_ONCE = 4
"""Runs of one batch remote that are held or released at a time."""


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
        remotes = list(dict.fromkeys(map(app.live.state.own_remote_of, runs)))
        parts = [[run for run in runs if run.remote == remote.name] for remote in remotes]
        # Side by side, since one of them may hang.
        ends = await asyncio.gather(*map(_cancel, repeat(app), remotes, parts))
        await _tell_cancelled(app, [*chain(*ends)])


async def _cancel(
    app: GitBatchApp, remote: BatchRemote, runs: Sequence[Run]
) -> list[tuple[Run, CancelResult]]:
    """Cancel runs of one batch remote, and say how far that is; returns what came of each."""
    doing = f"Cancelling {named(runs[0]) if len(runs) == 1 else plural(len(runs), 'run')} ..."
    with app.main.doing(doing) as say:

        def tell(done: int) -> None:
            app.call_from_thread(say, f"{doing} {done} done")

        ends = await asyncio.to_thread(cancel_runs, app.session.server(remote), runs, tell)
    return [(run, ends[run.number]) for run in runs]


async def _tell_cancelled(app: GitBatchApp, ends: Sequence[tuple[Run, CancelResult]]) -> None:
    """Say what became of them, in one message where all went well."""
    stopped = []
    for run, done in ends:
        words = f"{named(run)} is cancelled{f': {done.words}' if done.words else ''}."
        if done.trouble and not done.error:
            words = f"{done.words}; {done.trouble}" if done.words else done.trouble
            app.tell(f"{named(run)}: {words}.", severity="warning")
        elif not done.error:
            stopped.append(words)
    if stopped:
        app.tell(stopped[0] if len(stopped) == 1 else f"{len(stopped)} runs are cancelled.")
    await show_troubles(app, [done.error for _, done in ends if done.error])


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
