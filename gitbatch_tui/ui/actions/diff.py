"""Shows what a run changed, or how the results of two runs differ."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from gitbatch_tui.core.base.text import one_line
from gitbatch_tui.core.git.opening import open_clone
from gitbatch_tui.core.results.revisions import changes_of, difference
from gitbatch_tui.errors import Refused
from gitbatch_tui.models import Results
from gitbatch_tui.ui.dialogs.choose import Choose
from gitbatch_tui.ui.dialogs.dialog import ask
from gitbatch_tui.ui.present import named, run_title
from gitbatch_tui.ui.screens.diff import DiffScreen
from gitbatch_tui.ui.sentences import so_far

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gitbatch_tui.core.diffs.files import Comparison
    from gitbatch_tui.models import BatchRemote, Run
    from gitbatch_tui.ui.app import GitBatchApp
    from gitbatch_tui.ui.session import Session
    from gitbatch_tui.ui.state import Selection


async def diff(app: GitBatchApp, selection: Selection) -> None:
    """Fetch what is compared, by its id, so that no branch moves for it; then show it."""
    runs = await _chosen(app, selection.the_runs()) if selection.is_several else (_one(selection),)
    for run in runs:
        _check(run, selection)
    if not runs:
        return
    app.main.runs.unmark(selection.marked)
    sides = [(app.live.state.remote_of(run), run) for run in runs]
    with app.main.doing("Fetching what has changed ..."):
        compared = await asyncio.to_thread(_compare, app.session, sides)
    screen = DiffScreen(compared.clone, compared.old, compared.new, _title(*runs))
    await app.open(screen, lambda _: compared.clone.close())


def _one(selection: Selection) -> Run:
    """A single run: the selected one, whether another one is marked or not."""
    return selection.the_runs()[0] if selection.group else selection.the_run()


async def _chosen(app: GitBatchApp, runs: Sequence[Run]) -> Sequence[Run]:
    """Two runs; of more, a person chooses two, or the one whose changes are of interest."""
    if len(runs) == 2:  # noqa: PLR2004  # a diff has two sides
        return sorted(runs, key=lambda run: run.key)
    able = sorted((run for run in runs if run.result), key=lambda run: run.key)
    if not able:
        raise Refused(f"None of the {len(runs)} runs changed anything so far.")
    ways = [(run_title(run), run) for run in able]
    first = await ask(app, Choose("The changes of which run?", ways))
    if first is None:
        return ()
    others = [(f"against {title}", (first, run)) for title, run in ways if run is not first]
    sides: Sequence[Run] | None = await ask(
        app, Choose(f"Diff of {named(first)}", [("what it changed", (first,)), *others])
    )
    return sorted(sides or (), key=lambda run: run.key)


def _check(run: Run, selection: Selection) -> None:
    if run.results is Results.ON_THEIR_WAY:
        raise Refused(f"The results of {run.name} are still being brought home.")
    if not run.result:
        others = [marked.name for marked in selection.marked if marked != selection.run]
        alone = selection.marked == selection.marked[:1] and others
        hint = f" Only {others[0]} is marked: mark a second run to compare them." if alone else ""
        raise Refused(f"{run.name} changed nothing{so_far(run)}.{hint}")


def _compare(session: Session, sides: Sequence[tuple[BatchRemote, Run]]) -> Comparison:
    """Compare one run with its commit, or two runs; the clone stays open for the screen."""
    clone = open_clone(session.path, session.record)
    try:
        first, *others = [(session.batch(clone, remote), run) for remote, run in sides]
        return difference(first, others[0]) if others else changes_of(*first)
    except BaseException:
        clone.close()
        raise


def _title(one: Run, other: Run | None = None) -> str:
    if other:
        return f"{one_line(one.name)} against {one_line(other.name)}"
    return f"What {one_line(one.name)} changed"
