"""Where nothing goes on, nothing is drawn; where a minute has passed, only what tells of it."""

from __future__ import annotations

import re
import subprocess
import sys
import time
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from gitbatch_tui.core.base import watch_files
from gitbatch_tui.ui.session import local_clock
from tests.support.paint import Screen, wakes
from tests.ui.driver import async_test, run_app
from tests.ui.wire import text_of, wire

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.support.project import Project


@async_test
async def test_only_lines_whose_ages_have_changed_are_written_to_the_terminal(
    project: Project,
) -> None:
    project.finish("true")
    project.finish("true")
    terminal, sent = wire()
    began, passed = local_clock(), timedelta()
    clone = project.world.clone
    async with run_app(clone, terminal=terminal, clock=lambda: began + passed) as driver:
        await driver.sees("─ empty ─")
        pane = driver.app.main.runs
        sent.clear()
        pane.refresh_changed()
        await driver.pilot.pause()
        sent.clear()
        pane.refresh_changed()
        await driver.pilot.pause()
        assert sent == []
        passed = timedelta(minutes=7)
        pane.refresh_changed()
        await driver.sees(" 7m ")
        await driver.until(lambda: sent)
        written = "".join(sent)
        # Textual writes a line from where its pane begins. By that clock the last answer of the
        # remote is old, too, which another pane may have said by now.
        places = re.findall(r"\x1b\[(\d+);(\d+)H", written)
        lines = {int(line) - 1 for line, column in places if int(column) > pane.region.x}
        assert lines == {2, 3}, "of the pane, two rows"
        assert text_of(sent).count("7m") == 2


@async_test
async def test_what_is_as_it_was_is_not_drawn_again_whatever_a_remote_says(
    project: Project,
) -> None:
    for _ in range(3):
        project.finish("true")
    terminal, sent = wire()
    now = local_clock()
    async with run_app(project.world.clone, terminal=terminal, clock=lambda: now) as driver:
        await driver.sees("─ empty ─")
        await driver.until(lambda: driver.app.live.comparison.is_counted)
        sent.clear()
        driver.app.show_state()
        await driver.pilot.pause()
        assert text_of(sent) == ""
        await driver.press("j")
        rows = re.findall(r"\d +✔ succeeded +master", text_of(sent))
        assert len(rows) == 2, "the one that the cursor left, and the one where it is"


class Lapse:
    """A clock by which a minute takes a third of a second."""

    def monotonic(self) -> float:
        return time.monotonic() * 180


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The programs that are started, a command line each."""
    lines: list[str] = []
    begin = subprocess.Popen.__init__

    def note(process: subprocess.Popen[bytes], argv: Sequence[str], **options: Any) -> None:
        lines.append(" ".join(argv))
        begin(process, argv, **options)

    monkeypatch.setattr(subprocess.Popen, "__init__", note)
    return lines


@async_test
async def test_while_nothing_goes_on_no_program_is_started_but_one_question_a_minute(
    project: Project, started: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    project.finish("echo done")
    clock = Lapse()
    monkeypatch.setattr(watch_files, "time", clock)
    async with run_app(project.world.clone) as driver:
        await driver.sees("─ end of 5 bytes ─")
        # What the start asks is asked by now.
        await driver.until(lambda: sum(line.endswith(" status") for line in started) > 3)
        del started[:]
        begin = clock.monotonic()
        await driver.until(lambda: clock.monotonic() > begin + 600)
    assert len(started) <= 10
    assert not [line for line in started if not line.endswith(" status")]


def test_a_screen_that_nobody_touches_hardly_ever_wakes_up(
    project: Project, screens: list[Screen]
) -> None:
    project.finish("echo done")
    screen = Screen([sys.executable, "-m", "gitbatch_tui"], project.world.clone)
    screens.append(screen)
    screen.until("end of 5 bytes")
    screen.listen(3)
    # A run of the last minute is shown with its age in seconds; textual alone wakes ten times. On a
    # busy machine threads also wait for each other, which is less in one moment than in another.
    assert any(wakes_a_second(screen) < 10 for _ in range(4))


def wakes_a_second(screen: Screen) -> float:
    before, begin = wakes(screen.process.pid), time.monotonic()
    screen.listen(4)
    return (wakes(screen.process.pid) - before) / (time.monotonic() - begin)
