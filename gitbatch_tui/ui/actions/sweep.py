"""Starts the runs of a sweep, with a count of those that have begun, and shows its row."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

from gitbatch_tui.core.base.format import plural
from gitbatch_tui.core.base.text import one_line
from gitbatch_tui.core.submit.push import said_to_people
from gitbatch_tui.models import State
from gitbatch_tui.ui.dialogs.confirm import Confirm
from gitbatch_tui.ui.dialogs.dialog import ask
from gitbatch_tui.ui.dialogs.progress import show_progress
from gitbatch_tui.ui.sentences import Confirmation

if TYPE_CHECKING:
    from collections.abc import Callable

    from gitbatch_tui.core.batch.batch import Batch
    from gitbatch_tui.core.submit.push import OnLine
    from gitbatch_tui.core.sweeps.plan import SweepPlan
    from gitbatch_tui.core.sweeps.start import OnStarted, Started, Sweep
    from gitbatch_tui.models import BatchRemote
    from gitbatch_tui.ui.app import GitBatchApp
    from gitbatch_tui.ui.dialogs.progress import ProgressDialog


async def agrees(app: GitBatchApp, words: str, plan: SweepPlan) -> bool:
    """Ask before very many runs."""
    if not plan.is_large:
        return True
    count = plural(len(plan.rows), "run")
    question = Confirmation(f"Submit {count}?", (f"{words}.",), "submit them all", "don't")
    agreed = await ask(app, Confirm(question))
    return bool(agreed)


async def agrees_to_repeat(app: GitBatchApp, done: tuple[int, ...]) -> bool:
    """Ask before the same sweep of the same commit is run once more."""
    if not done:
        return True
    question = Confirmation(
        f"Run sweep:{done[0]} once more?",
        (f"sweep:{done[0]} has these very runs of this commit.",
         "Only what failed of it is run again by X."),
        "run all of it again", "leave",
    )  # fmt: skip
    agreed = await ask(app, Confirm(question))
    return bool(agreed)


async def start_sweep(
    app: GitBatchApp,
    remote: BatchRemote,
    heading: str,
    count: int,
    begin: Callable[[Batch, OnLine, OnStarted, OnLine], Sweep],
) -> None:
    """Start runs in a thread, and put the cursor on the row of their sweep.

    `begin` tells lines of the server, each run, and the plan as soon as all of it is known.
    """
    goes_on = f"{remote.name} goes on with it: the runs appear in the list."
    with show_progress(app, heading, "Starting ...", stoppable=False, goes_on=goes_on) as progress:
        on_started = _counting(progress, count)

        def hear(line: str) -> None:
            progress.hear(said_to_people(line))

        sweep = await app.session.with_batch(
            remote, lambda batch: begin(batch, hear, on_started, progress.retitle)
        )
        if sweep.rejected:
            progress.end(f"Rejected: {len(sweep.rejected)} of {len(sweep.runs)} runs.")
    app.live.ask_again(remote)
    app.show_sweep(remote.name, sweep.number, sweep.runs[0].receipt.run)
    # Who reads that they have begun, and presses enter, means them.
    await app.main.runs.arrival()
    for note in sweep.notes:
        app.tell(note)
    begun = sum(not run.before for run in sweep.runs)
    app.tell(f"{plural(begun, 'run')} {'has' if begun == 1 else 'have'} begun.", sweep.name)


def _counting(progress: ProgressDialog, count: int) -> OnStarted:
    """Return what counts runs in the dialog as they begin, and says why one was rejected."""
    numbers = itertools.count(1)

    def on_started(run: Started) -> None:
        progress.hear(f"Started {next(numbers):,} of {count:,} runs")
        if run.receipt.state is State.REJECTED:
            why = one_line(f"{' '.join(run.options)} was rejected: {run.reason}")
            progress.tell(why.rstrip(": "))

    return on_started
