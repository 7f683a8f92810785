"""Shows everything about a run: its record, its timeline, its tasks."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from gitbatch_tui.core.runs.tasks import tasks_of
from gitbatch_tui.ui.dialogs.details import Details

if TYPE_CHECKING:
    from gitbatch_tui.ui.app import GitBatchApp
    from gitbatch_tui.ui.state import Selection


async def details(app: GitBatchApp, selection: Selection) -> None:
    """Read it from the clone; no server is asked."""
    run = selection.the_run()
    remote = app.live.remote_of(run)
    tasks = await app.session.with_clone(lambda clone: tasks_of(clone, run))
    app.push_screen(Details(replace(run, tasks=tasks), remote, app.live.now_for(run.remote)))
