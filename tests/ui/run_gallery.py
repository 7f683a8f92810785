"""The screen on a gallery, at a time that stands still."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from gitbatch_tui.core.watch.overview import StartupQuery
from gitbatch_tui.ui.app import GitBatchApp
from tests.ui.driver import DESIGN, AppDriver
from tests.ui.gallery import NOW

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path


@asynccontextmanager
async def run_gallery(path: Path, size: tuple[int, int] = DESIGN) -> AsyncIterator[AppDriver]:
    """Open the screen as the program does, and wait for the first answers."""
    with StartupQuery(path) as beginning:
        app = GitBatchApp(path, beginning, clock=lambda: NOW)
        async with app.run_test(size=size) as pilot:
            driver = AppDriver(app, pilot)
            await driver.until(lambda: all(view.asked for view in app.live.state.remotes))
            await driver.until(lambda: is_counted(app))
            yield driver


def is_counted(app: GitBatchApp) -> bool:
    """Whether it is known how far every branch is from the remote's."""
    return app.live.comparison.is_counted
