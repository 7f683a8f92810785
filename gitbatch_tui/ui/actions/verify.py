"""Verifies a run, and reproduces it, here or elsewhere; or sets marked runs side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gitbatch_tui.core.base.text import one_line
from gitbatch_tui.core.batch.delivery import find_home
from gitbatch_tui.core.compare.runs import line_up
from gitbatch_tui.core.runs.wait import doing, wait
from gitbatch_tui.core.submit.push import SERVER
from gitbatch_tui.core.verify.reproduce import Trial, begin, conclude, summary, suspects
from gitbatch_tui.core.verify.verify import verify
from gitbatch_tui.errors import Refused, Stopped
from gitbatch_tui.models import State
from gitbatch_tui.ui.dialogs.choose import Choose
from gitbatch_tui.ui.dialogs.compare import CompareDialog
from gitbatch_tui.ui.dialogs.dialog import ask
from gitbatch_tui.ui.dialogs.progress import show_progress

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gitbatch_tui.core.batch.batch import Batch
    from gitbatch_tui.core.compare.files import Compared
    from gitbatch_tui.core.compare.runs import RunTable
    from gitbatch_tui.core.git.repo import Clone
    from gitbatch_tui.core.verify.check import Check
    from gitbatch_tui.core.verify.reproduce import Reproduction
    from gitbatch_tui.core.verify.verify import Verification
    from gitbatch_tui.models import BatchRemote, Run
    from gitbatch_tui.ui.app import GitBatchApp
    from gitbatch_tui.ui.dialogs.progress import ProgressDialog
    from gitbatch_tui.ui.state import Selection


async def verify_or_compare(app: GitBatchApp, selection: Selection) -> None:
    """Compare several marked runs; else verify the selected one."""
    if selection.is_several:
        app.main.runs.unmark(selection.marked)
        return await compare(app, selection.the_runs())
    run = selection.the_runs()[0]
    if not run.state.final:
        raise Refused(f"{run.name} {run.state.phrase}: it can be verified when it has ended.")
    return await _verify(app, run)


async def _verify(app: GitBatchApp, run: Run) -> None:
    """Check every claim of a run; then offer to reproduce it."""
    remote = app.live.state.remote_of(run)
    with show_progress(app, f"Verify {run.name}", "Asking ...", stoppable=False) as progress:
        found = await app.session.with_batch(
            remote, lambda batch: verify(batch, run.number, tell=progress.hear)
        )
    _tell_unrecorded(app, found.unrecorded)
    app.live.ask_again(remote)
    remotes = [view.remote for view in app.live.state.remotes]
    lines = "\n".join(map(check_line, found.checks))
    where = await ask(
        app, Choose(verdict(found), ways_to_reproduce(found.run, remote, remotes), [lines])
    )
    if where:
        await app.attempt(reproduce, found.run, where)


async def reproduce(app: GitBatchApp, run: Run, where: BatchRemote) -> None:
    """Run a commit again, wait for it, and compare; it goes on when nobody looks."""
    remote = app.live.state.remote_of(run)
    goes_on = "It goes on; when it has ended, a message says how it compares."
    heading = f"Reproduce {run.name}"
    with show_progress(app, heading, "Starting ...", stoppable=False, goes_on=goes_on) as progress:
        done = await app.session.with_batch(
            remote, lambda batch: _reproduce(app, batch, run, where, progress)
        )
        if done:
            _show_reproduction(app, done, progress)
            app.live.ask_again(remote)


def _reproduce(
    app: GitBatchApp, batch: Batch, run: Run, where: BatchRemote, progress: ProgressDialog
) -> Reproduction | None:
    """How it compares; None where there is nothing to compare."""

    def heard(line: str) -> None:
        # This is only to be seen while it happens: what differs stays, in the end.
        progress.hear(line.removeprefix(SERVER))

    found = find_home(batch, run.number, progress.hear).run
    trial = Trial(batch, found, app.session.batch(batch.clone, where))
    receipt = begin(trial, heard)
    app.call_later(app.live.ask_again, where)
    if receipt.state is State.REJECTED:
        app.call_later(progress.see, receipt)
        return None
    name = f"{where.name}#{receipt.run}"
    try:
        wait(
            trial.there.server,
            receipt.run,
            lambda live: progress.hear(doing(name, live)),
            progress.hear,
            app.session.closed,
        )
    except Stopped:
        return None
    return conclude(trial, receipt.run, heard)


def _show_reproduction(app: GitBatchApp, done: Reproduction, progress: ProgressDialog) -> None:
    words = summary(done)
    _tell_unrecorded(app, done.unrecorded)
    if progress.was_left:
        app.tell(words, severity="information" if done.holds else "warning")
        return
    for file in done.files:
        progress.add(file_line(file))
    for warning in done.warnings:
        progress.add(warning)
    if why := suspects(done):
        progress.add(why)
    progress.end(words)


def _tell_unrecorded(app: GitBatchApp, why: str) -> None:
    if why:
        app.tell(why, "Not recorded in the run's history", "warning")


async def compare(app: GitBatchApp, runs: Sequence[Run]) -> None:
    """Fetch what they measured where it isn't here; no branch moves for it."""
    sides = [(app.live.state.remote_of(run), run) for run in runs]

    def fetch(clone: Clone) -> RunTable:
        return line_up([(app.session.batch(clone, remote), run) for remote, run in sides])

    with show_progress(app, "Compare", "Fetching ...", stoppable=False):
        table = await app.session.with_clone(fetch)
    await app.open(CompareDialog(table))


def verdict(verification: Verification) -> str:
    """Sum up the checks of a run in a sentence."""
    name = verification.run.name
    if verification.holds:
        return f"{name} is what it claims to be"
    return (
        f"{name} isn't what it was"
        if verification.refuted
        else f"{name}: not everything could be checked"
    )


def check_line(check: Check) -> str:
    """Write a check in a line: its sign, the claim, what became of it."""
    return f"{check.colour.sign} {check.name}: {one_line(check.words)}"


def file_line(file: Compared) -> str:
    """Write in a line how a file differs that isn't byte for byte the same."""
    return f"{file.likeness.sign} {one_line(file.path)}: {one_line(file.words)}"


def ways_to_reproduce(
    run: Run, own: BatchRemote, remotes: Sequence[BatchRemote]
) -> list[tuple[str, BatchRemote | None]]:
    """The batch remotes on which a run can be run again, its own first, and none of them."""
    others = [remote for remote in remotes if remote != own and not remote.published]
    ways: list[tuple[str, BatchRemote | None]] = []
    if not own.published:
        ways.append((f"run {run.name} again, and compare the results", own))
    ways += [(f"run it on {one_line(other.name)}, and compare the results", other)
             for other in others]  # fmt: skip
    nothing = "nothing for now" if ways else "nothing for now: a adds a batch remote to run it on"
    return [*ways, (nothing, None)]
