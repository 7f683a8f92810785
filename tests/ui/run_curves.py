"""The screen of curves, opened in the app on files that a test writes to."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from gitbatch_tui.core.curves.reading import RunMetrics
from gitbatch_tui.core.logs.source import LogFile
from gitbatch_tui.models import Run, State
from gitbatch_tui.ui.app import GitBatchApp
from gitbatch_tui.ui.screens.curves import CurveScreen
from tests.support.changed import Changed
from tests.ui.driver import DESIGN, AppDriver

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence
    from pathlib import Path


class CurveDriver(AppDriver):
    """What a person sees of curves."""

    screen: CurveScreen

    @property
    def drawn(self) -> str:
        """The picture without its edge and its numbers."""
        view = self.screen.view
        lines = [view.render_line(y).text for y in range(view.content_size.height)]
        return "\n".join(line[9:] for line in lines[:-2])

    async def draws(self) -> None:
        """Wait until there is a curve, of all that there is to read."""
        metrics = self.screen._metrics
        await self.until(lambda: all(each.is_whole for each in metrics), "all of the files")
        await self.until(lambda: self.screen.view.is_drawn, "a curve")
        await self.until(lambda: "reading" not in self.text)


def metrics_at(*paths: Path, options: Sequence[str] = ("lr=0.{}",)) -> list[RunMetrics]:
    """A running run for each file, with these options, in which {} is its number."""
    return [
        RunMetrics(
            Run("batch", number, State.RUNNING, "master", "0" * 40,
                options=tuple(option.format(number) for option in options)),
            {path.name: LogFile(path)},
        )
        for number, path in enumerate(paths, 1)
    ]  # fmt: skip


@asynccontextmanager
async def run_curves(
    *paths: Path, size: tuple[int, int] = DESIGN, options: Sequence[str] = ("lr=0.{}",)
) -> AsyncIterator[CurveDriver]:
    """Open the screen on files of runs that go on."""
    world = Changed(paths[0].parent / "clone")
    world.commit({"README": "a project\n"})
    app = GitBatchApp(world.path)
    async with app.run_test(size=size) as pilot:
        driver = CurveDriver(app, pilot)
        driver.screen = CurveScreen(metrics_at(*paths, options=options))
        await app.push_screen(driver.screen)
        yield driver
