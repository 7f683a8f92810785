"""The log's screen, opened in the app on files that a test writes to."""

from __future__ import annotations

from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from gitbatch_tui.core.logs.run_files import RunFile
from gitbatch_tui.core.logs.source import LogFile
from gitbatch_tui.models import Run, State
from gitbatch_tui.ui.app import GitBatchApp
from gitbatch_tui.ui.screens.log import LogScreen
from tests.support.changed import Changed
from tests.ui.driver import DESIGN, AppDriver

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from textual.driver import Driver

NOW = datetime(2026, 3, 1, 14, 3, 11, tzinfo=UTC)
RUN = Run("batch", 42, State.RUNNING, "master", "0" * 40)


class LogDriver(AppDriver):
    """What a person sees of a log."""

    screen: LogScreen

    async def opened(self, screen: LogScreen) -> None:
        self.screen = screen
        await self.app.push_screen(screen)
        await self.until(lambda: screen.view.frame, "the first frame")

    @property
    def lines(self) -> list[str]:
        """The rows of the log that are shown, without its edge."""
        view = self.screen.view
        strips = [view.render_line(y) for y in range(view.content_size.height)]
        texts = [strip.text.rstrip() for strip in strips]
        while texts and not texts[-1]:
            texts.pop()
        return texts

    @property
    def edge(self) -> str:
        return str(self.screen.view.border_subtitle or "")

    async def ends_with(self, line: str) -> None:
        await self.until(lambda: self.lines[-1:] == [line], f"{line!r} at the end")

    async def begins_with(self, line: str) -> None:
        await self.until(lambda: self.lines[:1] == [line], f"{line!r} at the top")

    async def says_at_edge(self, words: str) -> None:
        await self.until(lambda: words in self.edge, f"{words!r}, not {self.edge!r}")


def files_at(*paths: Path) -> list[RunFile]:
    return [RunFile(path.name, lambda path=path: LogFile(path, lambda: NOW)) for path in paths]  # type: ignore[misc]  # bound now


@asynccontextmanager
async def run_log(
    *paths: Path,
    run: Run = RUN,
    size: tuple[int, int] = DESIGN,
    terminal: type[Driver] | None = None,
) -> AsyncIterator[LogDriver]:
    """Open the screen on files; a terminal sees what a terminal would."""
    world = Changed(paths[0].parent / "clone")
    world.commit({"README": "a project\n"})
    app = GitBatchApp(world.path)
    if terminal:
        app.driver_class = terminal
    live = terminal is not None
    async with app.run_test(size=size, headless=not live, notifications=live) as pilot:
        driver = LogDriver(app, pilot)
        await driver.opened(LogScreen(run, files_at(*paths)))
        yield driver
