"""Submits a branch, as a run or as a sweep, and shows what has begun."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from gitbatch_tui.core.setup.examine import examine_server
from gitbatch_tui.core.setup.sites import best_first, schedulers
from gitbatch_tui.core.submit import submit as core
from gitbatch_tui.core.submit.questions import Choices, next_question
from gitbatch_tui.core.submit.situation import prepare
from gitbatch_tui.core.sweeps.plan import complete
from gitbatch_tui.core.sweeps.start import start
from gitbatch_tui.errors import Refused
from gitbatch_tui.models import Results, State
from gitbatch_tui.ui.actions.pull import pull_run
from gitbatch_tui.ui.actions.script import offer_script
from gitbatch_tui.ui.actions.sweep import agrees, agrees_to_repeat, start_sweep
from gitbatch_tui.ui.dialogs.dialog import ask
from gitbatch_tui.ui.dialogs.progress import show_progress
from gitbatch_tui.ui.dialogs.submit import Decision, SubmitDialog
from gitbatch_tui.ui.sentences import submission_title

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from gitbatch_tui.core.batch.batch import Batch
    from gitbatch_tui.core.submit.push import OnLine
    from gitbatch_tui.core.submit.situation import Situation
    from gitbatch_tui.core.sweeps.plan import SweepPlan
    from gitbatch_tui.core.sweeps.start import OnStarted, Sweep
    from gitbatch_tui.models import BatchRemote, Receipt, Run
    from gitbatch_tui.ui.app import GitBatchApp
    from gitbatch_tui.ui.dialogs.progress import ProgressDialog
    from gitbatch_tui.ui.dialogs.submit import Instead
    from gitbatch_tui.ui.state import Selection


@dataclass(frozen=True)
class Open:
    """There is more to ask, now that a snapshot has been taken."""

    situation: Situation
    choices: Choices
    notes: Sequence[str]


@dataclass(frozen=True)
class Submitted:
    """There is a new run, or schedule.sh has rejected it."""

    receipt: Receipt
    notes: Sequence[str]
    """What was done besides, in sentences."""


async def submit(app: GitBatchApp, selection: Selection) -> None:
    """Submit the selected branch; where there are no commits yet, begin with a schedule.sh."""
    remote = selection.the_remote()
    if selection.branch:
        await submit_branch(app, remote, selection.branch)
        return
    head = await app.session.with_clone(lambda clone: clone.head())
    if head.commit:
        raise Refused("HEAD is detached, and there is no branch: `git checkout -b NAME` makes one.")
    if await _begin_with_script(app, remote):
        await submit_current(app, remote)


async def submit_current(app: GitBatchApp, remote: BatchRemote) -> None:
    """Submit the branch that is checked out."""
    head = await app.session.with_clone(lambda clone: clone.head())
    if not head.branch:
        raise Refused("HEAD is detached: press s on the branch that is to be submitted.")
    await submit_branch(app, remote, head.branch)


async def submit_branch(app: GitBatchApp, remote: BatchRemote, branch: str) -> None:
    """Ask until all is decided, then push."""
    done: Open | Submitted | None = None
    while not isinstance(done, Submitted):
        outcome = await _ask(app, remote, branch, done)
        if isinstance(outcome, Decision) and outcome.plan:
            await _sweep(app, remote, outcome, outcome.plan)
            return
        if isinstance(outcome, Decision):
            done = await _submit(app, remote, outcome)
        elif not await _do_instead(app, remote, outcome):
            return
    show_started(app, remote, done.receipt, done.notes)


async def _ask(
    app: GitBatchApp, remote: BatchRemote, branch: str, known: Open | None
) -> Decision | Instead | None:
    dialog = SubmitDialog(remote, branch, _last_run(app, remote, branch), app.session.path)

    async def look() -> None:
        if known:
            dialog.take(known.situation, known.choices, known.notes)
        else:
            situation = await app.session.with_batch(remote, lambda batch: prepare(batch, branch))
            dialog.take(situation, Choices())

    return await ask(app, dialog, look)


def _last_run(app: GitBatchApp, remote: BatchRemote, branch: str) -> Run | None:
    """The newest run of a branch, on this remote before any other.

    What schedule.sh has rejected never ran, often for the very parameters: one before that is
    proposed, if there is any. A run that failed is most often run again with what it had.
    """
    views = sorted(app.live.state.own, key=lambda view: view.remote != remote)
    runs = [run for view in views for run in view.runs if run.branch == branch]
    accepted = (run for run in runs if run.state is not State.REJECTED)
    return next(accepted, next(iter(runs), None))


async def _sweep(
    app: GitBatchApp, remote: BatchRemote, decision: Decision, plan: SweepPlan
) -> None:
    """Start many runs, after asking where they are very many or have been run already."""
    what = decision.situation.as_it_runs
    words, done = plan.words(what), complete(what, plan.rows, what.runs)
    if await agrees(app, words, plan) and await agrees_to_repeat(app, done):
        await start_sweep(
            app,
            remote,
            words,
            len(plan.rows),
            lambda batch, *hear: _begin_sweep(batch, decision, plan, *hear),
        )


def _begin_sweep(  # noqa: PLR0913, PLR0917  # what is to begin, and who is told of what
    batch: Batch,
    decision: Decision,
    plan: SweepPlan,
    hear: OnLine,
    on_started: OnStarted,
    on_plan: OnLine,
) -> Sweep:
    situation = replace(decision.situation, batch=batch)
    situation, choices, notes = core.snapshot(situation, decision.choices)
    if question := next_question(situation, choices):
        raise question.refusal
    sweep = start(situation, choices, plan, hear, on_started, on_plan)
    return replace(sweep, notes=(*notes, *sweep.notes))


async def _submit(app: GitBatchApp, remote: BatchRemote, decision: Decision) -> Open | Submitted:
    situation = decision.situation
    heading = submission_title(situation.branch, remote)
    with (
        app.live.beginning(remote, situation) as begun,
        show_progress(app, heading, "Pushing ...") as progress,
    ):
        done = await app.session.with_batch(remote, lambda batch: _push(batch, decision, progress))
        if isinstance(done, Submitted):
            begun.receipt = done.receipt
            progress.see(done.receipt)
    return done


def _push(batch: Batch, decision: Decision, progress: ProgressDialog) -> Open | Submitted:
    situation = replace(decision.situation, batch=replace(batch, stop=progress.stop))
    situation, choices, notes = core.snapshot(situation, decision.choices)
    if next_question(situation, choices) or situation.objection:
        return Open(situation, choices, notes)
    done = core.submit(situation, choices, progress.hear)
    return Submitted(done.receipt, (*notes, *done.notes))


async def _do_instead(app: GitBatchApp, remote: BatchRemote, instead: Instead | None) -> bool:
    """Do what a person has chosen; True where there is something to submit by now."""
    if instead is None:
        return False
    if instead.write_script:
        return await _begin_with_script(app, remote)
    if instead.run is None:
        app.tell(f"Nothing was submitted: {instead.words}.")
    else:
        app.show_run(instead.run.remote, instead.run.number)
        if instead.run.state is State.SUCCEEDED and instead.run.results is not Results.NONE:
            await app.attempt(pull_run, instead.run)
    return False


async def _begin_with_script(app: GitBatchApp, remote: BatchRemote) -> bool:
    host = app.session.server(remote).host
    with app.main.doing(f"Looking for schedulers on {host.name} ..."):
        there = await asyncio.to_thread(examine_server, host, remote.base)
        names = await asyncio.to_thread(best_first, host, schedulers(there.tools), remote.base)
    return await offer_script(app, names)


def show_started(
    app: GitBatchApp, remote: BatchRemote, receipt: Receipt, notes: Iterable[str] = ()
) -> None:
    """Put the cursor on the run that a receipt confirms, as soon as it is listed."""
    app.live.ask_again(remote)
    app.show_run(remote.name, receipt.run)
    for note in notes:
        app.tell(note)
    if receipt.state is State.REJECTED:
        name = f"{remote.name}#{receipt.run}"
        app.tell(f"schedule.sh of {name} failed: the run was rejected.", "", "warning")
