"""Shows metrics of runs: as curves, full screen, and as columns of the list."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from gitbatch_tui.core.batch.fetch import fetch_results
from gitbatch_tui.core.curves.files import has_tree
from gitbatch_tui.core.curves.opening import MOST, open_metrics
from gitbatch_tui.core.jobs.accounting import accounted
from gitbatch_tui.errors import GitBatchError, Refused
from gitbatch_tui.ui.ahead import runs_to_draw
from gitbatch_tui.ui.dialogs.choose import ChooseSeveral
from gitbatch_tui.ui.dialogs.dialog import ask
from gitbatch_tui.ui.measured import columns_of
from gitbatch_tui.ui.panes.run_columns import USED, usage_names_of
from gitbatch_tui.ui.preferences import MOST_METRICS
from gitbatch_tui.ui.screens.curves import CurveScreen

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gitbatch_tui.core.curves.reading import RunMetrics
    from gitbatch_tui.core.git.repo import Clone
    from gitbatch_tui.models import BatchRemote, Run
    from gitbatch_tui.ui.app import GitBatchApp
    from gitbatch_tui.ui.state import Selection

FETCHED = 200
"""As many of the newest runs of each remote as have their results fetched for columns."""


async def show_curves(app: GitBatchApp, selection: Selection) -> None:
    """Draw what the selected or marked runs have measured over steps."""
    count = len(selection.the_runs())
    if count > MOST:
        app.tell(f"The first {MOST} of {count} runs are drawn: mark others to see them.")
    runs = runs_to_draw(selection)
    sides = [(app.live.state.remote_of(run), run) for run in runs]

    def find(clone: Clone) -> list[RunMetrics]:
        return open_metrics([(app.session.batch(clone, remote), run) for remote, run in sides])

    with app.main.doing("Looking for metrics ..."):
        metrics = await app.ahead.take(runs) or await app.session.with_clone(find)
    app.main.runs.unmark(selection.marked)
    app.open_curves = CurveScreen(metrics)
    await app.answer(app.open_curves)
    app.open_curves = None
    app.ahead.selection_changed()


async def choose_metrics(app: GitBatchApp, _: Selection) -> None:
    """Choose which numbers of runs are columns: what they measured, and what they used."""
    runs = await _measure(app)
    if not runs:
        raise Refused("There are no runs yet, and so no metrics.")
    used = usage_names_of(runs)
    names = list(dict.fromkeys([*app.preferences.metrics, *app.measured.names(), *used]))
    if not names:
        raise Refused("No run has left metrics yet: docs/metrics.md says how a job does.")
    chosen = await ask(app, ChooseSeveral("Columns of metrics", names, app.preferences.metrics))
    if chosen is not None:
        if len(chosen) > MOST_METRICS:
            app.tell(f"There is room for {MOST_METRICS} metrics: the first ones are columns.")
            chosen = chosen[:MOST_METRICS]
        app.preferences.remember(metrics=list(chosen))
        app.main.runs.add_columns(columns_of(chosen, app.measured.values))
        app.measured.keep_up(chosen)
        if any(name in USED for name in chosen):
            await _ask_what_was_used(app)


async def measure(app: GitBatchApp, names: Sequence[str]) -> None:
    """Fetch what a filter asks for; says what none of the runs has measured."""
    await _measure(app)
    app.show_state()
    known = app.measured.values.values()
    nobodys = [name for name in names if not any(name in values for values in known)]
    if nobodys:
        app.tell(f"No run has a parameter or metric {' or '.join(nobodys)}.", "", "warning")


async def _measure(app: GitBatchApp) -> list[Run]:
    """Read what all runs have measured, after fetching it; returns these runs."""
    sides = [(view.remote, run) for view in app.live.state.remotes for run in view.runs]
    if sides:
        with app.main.doing("Fetching what was measured ..."):
            await app.session.with_clone(lambda clone: _fetch(app, clone, sides))
            app.measured.take(sides, await asyncio.to_thread(app.measured.read, sides))
    return [run for _, run in sides]


async def _ask_what_was_used(app: GitBatchApp) -> None:
    """Ask the schedulers; the answers come as records of the runs."""
    for view in app.live.state.remotes:
        now = app.live.now_for(view.remote.name)
        with app.main.doing(f"Asking what the runs of {view.remote.name} used ..."):
            await asyncio.to_thread(accounted, app.session.hosts, view.remote, view.runs, now)


def _fetch(app: GitBatchApp, clone: Clone, sides: Sequence[tuple[BatchRemote, Run]]) -> None:
    """Bring the newest results here whose run tree isn't on this machine.

    Of a remote that can't be reached, there are fewer.
    """
    for remote in dict.fromkeys(remote for remote, _ in sides):
        batch = app.session.batch(clone, remote)
        runs = [run for other, run in sides if other == remote][:FETCHED]
        try:
            fetch_results(batch, [run for run in runs if not has_tree(batch, run.number)])
        except GitBatchError as error:
            app.call_later(app.tell, str(error), "", "warning")
