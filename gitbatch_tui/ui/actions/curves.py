"""Shows metrics of runs as curves, full screen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gitbatch_tui.core.curves.opening import MOST, open_metrics
from gitbatch_tui.ui.screens.curves import CurveScreen

if TYPE_CHECKING:
    from gitbatch_tui.core.curves.reading import RunMetrics
    from gitbatch_tui.core.git.repo import Clone
    from gitbatch_tui.ui.app import GitBatchApp
    from gitbatch_tui.ui.state import Selection


async def show_curves(app: GitBatchApp, selection: Selection) -> None:
    """Draw what the selected or marked runs have measured over steps."""
    runs = sorted(selection.the_runs(), key=lambda run: (run.remote, run.number))
    if len(runs) > MOST:
        app.tell(f"The first {MOST} of {len(runs)} runs are drawn: mark others to see them.")
    sides = [(app.live.remote_of(run), run) for run in runs[:MOST]]

    def find(clone: Clone) -> list[RunMetrics]:
        return open_metrics([(app.session.batch(clone, remote), run) for remote, run in sides])

    with app.main.doing("Looking for metrics ..."):
        metrics = await app.session.with_clone(find)
    app.main.runs.unmark(selection.marked)
    app.open_curves = CurveScreen(metrics)
    await app.push_screen_wait(app.open_curves)
    app.open_curves = None
