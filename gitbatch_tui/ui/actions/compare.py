"""Sets marked runs side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gitbatch_tui.core.compare.runs import line_up
from gitbatch_tui.ui.dialogs.compare import CompareDialog
from gitbatch_tui.ui.dialogs.progress import show_progress

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gitbatch_tui.core.compare.runs import RunTable
    from gitbatch_tui.core.git.repo import Clone
    from gitbatch_tui.models import Run
    from gitbatch_tui.ui.app import GitBatchApp


async def compare(app: GitBatchApp, runs: Sequence[Run]) -> None:
    """Fetch what they measured where it isn't here; no branch moves for it."""
    sides = [(app.live.remote_of(run), run) for run in runs]

    def fetch(clone: Clone) -> RunTable:
        return line_up([(app.session.batch(clone, remote), run) for remote, run in sides])

    with show_progress(app, "Compare", "Fetching ...", stoppable=False):
        lineup = await app.session.with_clone(fetch)
    app.push_screen(CompareDialog(lineup))
