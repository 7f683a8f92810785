"""The screen of changes, opened in the app on two commits."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, TypeAlias

from gitbatch_tui.core.git.opening import open_clone
from gitbatch_tui.ui.app import GitBatchApp
from gitbatch_tui.ui.screens.diff import DiffScreen
from tests.support.changed import Changed
from tests.ui.driver import DESIGN, AppDriver

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping
    from pathlib import Path

    from textual.driver import Driver

Files: TypeAlias = "Mapping[str, bytes | str | None]"
TITLE = "batch#42 · master · what it changed"


class DiffDriver(AppDriver):
    """What a person sees of two commits."""

    screen: DiffScreen

    async def opened(self, screen: DiffScreen) -> None:
        self.screen = screen
        await self.app.push_screen(screen)
        await self.read()

    async def read(self) -> None:
        """Wait until all that was asked for is shown."""
        screen, files = self.screen, self.screen.files

        def done() -> bool:
            shown = screen.shown is files.selected
            return files.adapter.hint != "reading what changed" and shown and not screen._busy

        await self.until(done, "the page")

    async def choose(self, name: str) -> None:
        """Put the cursor on a file, and wait for its page."""
        assert self.screen.files.select_key(name)
        await self.read()

    @property
    def lines(self) -> list[str]:
        """What stands in the pane of lines, without its edge."""
        view = self.screen.view
        strips = [view.render_line(y) for y in range(view.scrollable_content_region.height)]
        return [strip.text.rstrip() for strip in strips]

    @property
    def pane(self) -> str | None:
        """Where keys go."""
        return self.screen.focused.id if self.screen.focused else None

    @property
    def edge(self) -> str:
        return str(self.screen.view.border_subtitle or "")


@asynccontextmanager
async def run_diff(
    path: Path,
    before: Files,
    after: Files,
    size: tuple[int, int] = DESIGN,
    terminal: type[Driver] | None = None,
) -> AsyncIterator[DiffDriver]:
    """Make two commits, and open the screen on them; a terminal sees what a terminal would."""
    world = Changed(path / "clone")
    old, new = world.commit(before), world.commit(after)
    app = GitBatchApp(world.path)
    if terminal:
        app.driver_class = terminal
    with open_clone(world.path) as clone:
        async with app.run_test(size=size, headless=terminal is None) as pilot:
            driver = DiffDriver(app, pilot)
            await driver.opened(DiffScreen(clone, old, new, TITLE))
            yield driver
