"""Shows what a run changed, or how the results of two runs differ."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from gitbatch_tui.core.base.text import one_line
from gitbatch_tui.core.git.opening import open_clone
from gitbatch_tui.core.results.revisions import changes_of, difference
from gitbatch_tui.errors import Refused
from gitbatch_tui.models import Results
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
    marked = selection.marked
    if len(marked) > 2:  # noqa: PLR2004  # two sides
        raise Refused(f"A diff has two sides, and {len(marked)} runs are marked.")
    runs = sorted(marked if marked[1:] else [selection.the_run()], key=_place)
    for run in runs:
        _check(run, selection)
    sides = [(app.live.remote_of(run), run) for run in runs]
    with app.main.doing("Fetching what has changed ..."):
        compared = await asyncio.to_thread(_compare, app.session, sides)
    screen = DiffScreen(compared.clone, compared.old, compared.new, _title(*runs))
    app.push_screen(screen, lambda _: compared.clone.close())


def _check(run: Run, selection: Selection) -> None:
    if run.results is Results.ON_THEIR_WAY:
        raise Refused(f"The results of {run.name} are still being brought home.")
    if not run.result:
        others = [marked.name for marked in selection.marked if marked != selection.run]
        alone = selection.marked == selection.marked[:1] and others
        hint = f" Only {others[0]} is marked: mark a second run to compare them." if alone else ""
        raise Refused(f"{run.name} changed nothing{so_far(run)}.{hint}")


def _place(run: Run) -> tuple[str, int]:
    return run.remote, run.number


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
