"""Runs commits again: one or several, as a sweep, or only what failed."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from gitbatch_tui.core.base.format import plural
from gitbatch_tui.core.runs.groups import undone_among
from gitbatch_tui.core.submit.push import SERVER
from gitbatch_tui.core.submit.rerun import failed_tasks, options_of
from gitbatch_tui.core.sweeps.plan import SweepPlan, complete
from gitbatch_tui.core.sweeps.start import start_again, start_of
from gitbatch_tui.errors import Refused
from gitbatch_tui.ui.actions.submit import show_started
from gitbatch_tui.ui.actions.sweep import agrees, agrees_to_repeat, start_sweep
from gitbatch_tui.ui.dialogs.confirm import Confirm
from gitbatch_tui.ui.dialogs.dialog import ask
from gitbatch_tui.ui.dialogs.progress import show_progress
from gitbatch_tui.ui.dialogs.rerun import RerunDialog
from gitbatch_tui.ui.present import named
from gitbatch_tui.ui.sentences import about_running_again

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gitbatch_tui.core.git.repo import Clone
    from gitbatch_tui.models import Run
    from gitbatch_tui.ui.app import GitBatchApp
    from gitbatch_tui.ui.state import Selection


async def rerun(app: GitBatchApp, selection: Selection) -> None:
    """Ask for parameters; then the server does it, whether somebody looks or not."""
    runs = selection.the_runs()
    for run in runs:
        app.live.state.own_remote_of(run)
    title = named(runs[0]) if len(runs) == 1 else _title(selection, runs)
    wish = await ask(app, RerunDialog(runs, title, app.session.path))
    if wish is None:
        return
    if wish.plan:
        await _sweep(app, runs[0], wish.plan)
    elif len(runs) == 1:
        await _rerun(app, runs[0], wish.options)
    else:
        app.main.runs.unmark(selection.marked)
        for own in _by_commit(runs):
            rows = dict.fromkeys(options_of(run, wish.options) for run in own)
            if len(rows) == 1:
                await _rerun(app, own[0], next(iter(rows)))
            else:
                await _start(app, own[0], SweepPlan(tuple(rows)))
    app.main.runs.unmark(selection.marked)


def _title(selection: Selection, runs: Sequence[Run]) -> str:
    return f"{plural(len(runs), 'run')}{f' of {selection.group.title}' if selection.group else ''}"


def _by_commit(runs: Sequence[Run]) -> list[list[Run]]:
    """Lists of runs of the same commit, the oldest first."""
    found: dict[object, list[Run]] = {}
    for run in sorted(runs, key=lambda run: run.number):
        found.setdefault((run.remote, run.branch, run.commit), []).append(run)
    return list(found.values())


async def _sweep(app: GitBatchApp, run: Run, plan: SweepPlan) -> None:
    """Start a sweep of the commit of a run, after asking where it is large or has been run."""
    past = app.live.state.views[run.remote].runs
    if await agrees(app, plan.words(run), plan) and await agrees_to_repeat(
        app, complete(run, plan.rows, past)
    ):
        await _start(app, run, plan)


async def _start(app: GitBatchApp, run: Run, plan: SweepPlan) -> None:
    await start_sweep(
        app,
        app.live.state.own_remote_of(run),
        plan.words(run),
        len(plan.rows),
        lambda batch, hear, started, _: start_of(batch, run, plan, hear, started),
    )


async def _rerun(
    app: GitBatchApp, run: Run, options: Sequence[str], tasks: Sequence[int] = ()
) -> None:
    remote = app.live.state.own_remote_of(run)
    server = app.session.server(remote)
    goes_on = f"{remote.name} goes on with it: the run appears in the list."
    heading = f"Run {named(run)} again"
    with (
        app.live.beginning(remote, run) as begun,
        show_progress(app, heading, "Scheduling ...", stoppable=False, goes_on=goes_on) as progress,
    ):
        receipt = await asyncio.to_thread(
            server.rerun,
            run.number,
            options,
            lambda line: progress.hear(f"{SERVER}{line}"),
            tasks,
        )
        begun.receipt = receipt
        progress.see(receipt)
    show_started(app, remote, receipt)


async def retry(app: GitBatchApp, selection: Selection) -> None:
    """Run again what failed, was cancelled, lost or rejected, with the same parameters."""
    chosen = selection.the_runs()
    known = [run for view in app.live.state.remotes for run in view.runs]
    lists = undone_among(chosen, known)
    if not lists:
        raise Refused(_nothing_failed(selection, chosen))
    for own in lists:
        app.live.state.own_remote_of(own[0])
    if not await ask(app, Confirm(about_running_again([run for own in lists for run in own]))):
        return
    app.main.runs.unmark(selection.marked)
    for own in lists:
        if own[0].sweep:
            await _start_again(app, own)
        else:
            for run in own:
                await _retry(app, run)


def _nothing_failed(selection: Selection, chosen: Sequence[Run]) -> str:
    if selection.is_several:
        return f"Nothing of these {len(chosen)} runs has failed, or it has been run again already."
    return (
        f"{chosen[0].name} {chosen[0].state.phrase}: X is for what failed, x runs anything again."
    )


async def _start_again(app: GitBatchApp, runs: Sequence[Run]) -> None:
    heading = f"{plural(len(runs), 'run')} of sweep:{runs[0].sweep} again"
    await start_sweep(
        app,
        app.live.state.own_remote_of(runs[0]),
        heading,
        len(runs),
        lambda batch, hear, started, _: start_again(batch, runs, hear, started),
    )


async def _retry(app: GitBatchApp, run: Run) -> None:
    """Run a run again, of an array only the tasks that failed, where schedule.sh can do that."""

    def tasks_of(clone: Clone) -> tuple[int, ...]:
        try:
            return failed_tasks(clone, run)
        except Refused:
            return ()

    await _rerun(app, run, run.options, await app.session.with_clone(tasks_of))
