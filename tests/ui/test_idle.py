"""Where nothing goes on, nothing is drawn; where a minute has passed, only what tells of it."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING

from gitbatch_tui.ui.app import GitBatchApp
from gitbatch_tui.ui.session import local_clock
from tests.ui.driver import DESIGN, AppDriver, async_test
from tests.ui.wire import text_of, wire

if TYPE_CHECKING:
    from tests.support.project import Project


@async_test
async def test_only_lines_whose_ages_have_changed_are_written_to_the_terminal(
    project: Project,
) -> None:
    project.finish("true")
    project.finish("true")
    terminal, sent = wire()
    began, passed = local_clock(), timedelta()
    app = GitBatchApp(project.world.clone, clock=lambda: began + passed)
    app.driver_class = terminal
    async with app.run_test(size=DESIGN, headless=False) as pilot:
        driver = AppDriver(app, pilot)
        await driver.until(lambda: len(app.live.state.runs()) == 2)
        await driver.until(lambda: all(view.asked for view in app.live.state.remotes))
        await driver.sees("─ empty ─")
        pane = app.main.runs
        sent.clear()
        pane.refresh_changed()
        await pilot.pause()
        sent.clear()
        pane.refresh_changed()
        await pilot.pause()
        assert sent == []
        passed = timedelta(minutes=7)
        pane.refresh_changed()
        await driver.sees(" 7m ")
        await driver.until(lambda: sent)
        written = "".join(sent)
        # Textual writes a line from where its pane begins.
        lines = set(re.findall(r"\x1b\[(\d+);\d+H", written))
        assert lines == {"3", "4", "1"}, "two rows, and the cursor back home"
        assert text_of(sent).count("7m") == 2
