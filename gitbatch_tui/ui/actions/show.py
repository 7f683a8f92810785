"""Actions that only show something: a run, what is true now, the commands, the keys."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING

from gitbatch_tui.core.jobs.accounting import accounted
from gitbatch_tui.core.runs.record_files import tasks_of
from gitbatch_tui.ui.dialogs.details import Details
from gitbatch_tui.ui.dialogs.help import PaneKeys
from gitbatch_tui.ui.screens.journal import JournalScreen

if TYPE_CHECKING:
    from gitbatch_tui.ui.app import GitBatchApp
    from gitbatch_tui.ui.state import Selection


async def refresh(app: GitBatchApp, selection: Selection) -> None:
    """Ask the selected remote again."""
    app.live.ask_again(selection.any_remote())


async def refresh_all(app: GitBatchApp, _: Selection) -> None:
    """Ask all remotes again."""
    app.live.ask_again()


async def journal(app: GitBatchApp, _: Selection) -> None:
    """Show the commands that were run."""
    app.push_screen(JournalScreen(lambda: app.session.journal))


async def keys(app: GitBatchApp, selection: Selection) -> None:
    """Show the keys of the pane."""
    app.push_screen(PaneKeys(selection.pane))


async def details(app: GitBatchApp, selection: Selection) -> None:
    """Read it from the clone; only what the run used may be known better by its scheduler."""
    run = selection.the_run()
    remote = app.live.state.remote_of(run)
    tasks = await app.session.with_clone(lambda clone: tasks_of(clone, run))
    now = app.live.now_for(run.remote)
    shown = Details(replace(run, tasks=tasks), remote, now)
    await app.open(shown)
    (told,) = await asyncio.to_thread(accounted, app.session.hosts, remote, [run], now)
    if told is not run and app.screen is shown:
        await shown.show(replace(told, tasks=tasks), remote, now)
