"""The screen on a gallery, at a time that stands still."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from gitbatch_tui.core.watch.overview import StartupQuery
from gitbatch_tui.ui.app import GitBatchApp
from tests.ui.desk import DESIGN, Desk
from tests.ui.gallery import NOW

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path


@asynccontextmanager
async def visiting(path: Path, size: tuple[int, int] = DESIGN) -> AsyncIterator[Desk]:
    """Open the screen as the program does, and wait for the first answers."""
    with StartupQuery(path) as beginning:
        app = GitBatchApp(path, beginning, clock=lambda: NOW)
        async with app.run_test(size=size) as pilot:
            desk = Desk(app, pilot)
            await desk.until(lambda: all(view.asked for view in app.live.state.remotes))
            await desk.until(lambda: is_counted(app))
            yield desk


def is_counted(app: GitBatchApp) -> bool:
    """Whether it is known how far every branch is from the remote's."""
    return app.live.is_counted
