"""Makes a batch remote, and has the doctor check it, with a real run there and back."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from gitbatch_tui.core.base.format import GOOD
from gitbatch_tui.core.setup import plan as planning
from gitbatch_tui.core.setup.doctor import Health, diagnose, is_mendable
from gitbatch_tui.core.setup.examine import examine_server
from gitbatch_tui.core.setup.plan import SetupRequest
from gitbatch_tui.core.setup.sites import best_first, ready_made, schedulers
from gitbatch_tui.errors import Refused
from gitbatch_tui.ui.actions.script import offer_script
from gitbatch_tui.ui.actions.submit import submit, submit_current
from gitbatch_tui.ui.dialogs.confirm import Confirm
from gitbatch_tui.ui.dialogs.dialog import ask
from gitbatch_tui.ui.dialogs.progress import show_progress
from gitbatch_tui.ui.dialogs.setup import SetupDialog
from gitbatch_tui.ui.setup_sentences import about_plan, check_line, verdict

if TYPE_CHECKING:
    from gitbatch_tui.core.batch.batch import Batch
    from gitbatch_tui.core.git.repo import Clone
    from gitbatch_tui.core.setup.doctor import HealthCheck
    from gitbatch_tui.core.setup.plan import SetupPlan, Step
    from gitbatch_tui.models import BatchRemote
    from gitbatch_tui.ui.app import GitBatchApp
    from gitbatch_tui.ui.dialogs.progress import ProgressDialog
    from gitbatch_tui.ui.state import Selection


MEND, SUBMIT = "m", "s"
"""Keys that go on from what the doctor found."""
PATIENCE = 30
"""Seconds in which a host has to answer at all."""


@dataclass(frozen=True)
class Made:
    """A batch remote is there, or was upgraded."""

    remote: BatchRemote
    schedulers: tuple[str, ...]
    """Those that can be used there, the best first."""
    needs_script: bool
    """Whether what is checked out has no schedule.sh."""


async def add(app: GitBatchApp, _: Selection) -> None:
    """Ask for a place, then set it up."""
    places = await app.session.with_clone(ready_made)
    chosen = await ask(app, SetupDialog(places))
    if chosen:
        wanted = SetupRequest(chosen.name, chosen.location, chosen.profile)
        await app.attempt(set_up, wanted, chosen.scheduler)


async def set_up(app: GitBatchApp, wanted: SetupRequest, scheduler: str = "") -> None:
    """Show every command that would run; when a person has agreed, run them, and check."""
    plan = await _agreed_plan(app, wanted)
    if plan is None:
        return
    with show_progress(app, f"Set up {wanted.name}", "Setting up ...") as progress:
        made = await app.session.with_clone(
            lambda clone: _make(app, clone, plan, scheduler, progress)
        )
        app.live.ask_again()
        await examine(app, progress, made.remote)
    way = await progress.closed()
    if made.needs_script:
        way = SUBMIT if await offer_script(app, made.schedulers) else ""
    if way == SUBMIT:
        await app.attempt(submit_current, made.remote)


async def _agreed_plan(app: GitBatchApp, wanted: SetupRequest) -> SetupPlan | None:
    """The plan to which a person has agreed; None where nothing is to be done."""
    while True:
        heading, doing = f"Set up {wanted.name}", f"Looking at {wanted.location} ..."
        with show_progress(app, heading, doing, stoppable=False) as progress:
            plan = await app.session.with_clone(lambda clone: _plan(app, clone, wanted))  # noqa: B023  # it is awaited
        if progress.was_left or not await ask(app, Confirm(about_plan(plan))):
            return None
        if not plan.found.foreign_hook or wanted.replace_hook:
            return plan
        wanted = replace(wanted, replace_hook=True)


def _plan(app: GitBatchApp, clone: Clone, wanted: SetupRequest) -> SetupPlan:
    return planning.plan(clone, wanted, app.session.hosts.at(wanted.location))


def _make(
    app: GitBatchApp, clone: Clone, shown: SetupPlan, scheduler: str, progress: ProgressDialog
) -> Made:
    def done(step: Step, said: str) -> None:
        progress.tell(f"{GOOD} {said or step.words}")

    plan = _plan(app, clone, shown.wanted)
    if plan.steps != shown.steps:
        raise Refused("Something has changed since the plan was made: look at it again.")
    planning.apply(plan, done, progress.stop)
    remote = clone.batch_remote(shown.wanted.name)
    if (clone.path / "schedule.sh").exists():
        return Made(remote, (), needs_script=False)
    host = app.session.server(remote).host
    there = schedulers(examine_server(host, remote.base).tools)
    found = [name for name in best_first(host, there, remote.base) if name != scheduler]
    best = (scheduler, *found) if scheduler else tuple(found)
    return Made(remote, best, needs_script=True)


async def doctor(app: GitBatchApp, selection: Selection) -> None:
    """Check the selected batch remote; then mend it, or submit, where that is wanted."""
    remote = selection.the_remote()
    way = await _check(app, remote, "Examining ...", repair=False)
    if way == MEND:
        way = await _check(app, remote, "Mending what can be mended ...", repair=True)
    if way == SUBMIT:
        await app.attempt(submit, selection)


async def _check(app: GitBatchApp, remote: BatchRemote, words: str, *, repair: bool) -> str:
    """Show what the doctor finds; the key with which a person goes on, empty for none."""
    with show_progress(app, f"Doctor of {remote.name}", words) as progress:
        host = app.session.server(remote).host
        await asyncio.to_thread(host.run, ":", timeout=PATIENCE)
        await examine(app, progress, remote, repair=repair)
    return await progress.closed()


async def examine(
    app: GitBatchApp, progress: ProgressDialog, remote: BatchRemote, *, repair: bool = False
) -> None:
    """Show every check as soon as it is done, and in the end the verdict."""

    def check(batch: Batch) -> list[HealthCheck]:
        checks = []
        for found in diagnose(replace(batch, stop=progress.stop), repair=repair):
            checks.append(found)
            progress.tell(check_line(found))
        return checks

    checks = await app.session.with_batch(remote, check)
    if progress.stop.asked:
        progress.end("Stopped.")
        return
    ways = {MEND: "mend it"} if any(map(is_mendable, checks)) and not repair else {}
    if all(check.verdict is not Health.FAIL for check in checks):
        ways[SUBMIT] = "submit a branch"
    progress.end(verdict(remote, checks), ways)
