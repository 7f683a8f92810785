"""The commands that were run on a person's behalf."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gitbatch_tui.ui.screens.journal import Entries, JournalScreen
from gitbatch_tui.ui.state import Selection
from tests.ui.driver import async_test, run_app

if TYPE_CHECKING:
    from tests.support.project import Project


@async_test
async def test_at_shows_what_git_and_the_server_were_asked_and_what_they_said(
    project: Project,
) -> None:
    project.finish("echo x >result")
    async with run_app(project.world.clone) as driver:
        await driver.press("at")
        await driver.dialog(JournalScreen)
        await driver.press("a")
        await driver.sees("git for-each-ref")
        await driver.press("slash", *"config", "enter")
        await driver.sees("git config --null --get-regexp")
        await driver.sees("remote.batch.url")


@async_test
async def test_what_is_run_while_you_look_appears_and_the_selection_stays(project: Project) -> None:
    number = project.finish("echo x >result")
    async with run_app(project.world.clone) as driver:
        await driver.press("at")
        await driver.dialog(JournalScreen)
        await driver.press("a")
        await driver.press("slash", *"symbolic-ref", "enter")
        await driver.sees("refs/heads/master")
        await driver.press("slash", *["backspace"] * 12, "enter")
        driver.app.act("pull", Selection("runs", None, None, project.run(number), ()))
        entries = driver.app.screen.query_one(Entries)
        await driver.until(
            lambda: any("fetch" in entry.command for _, entry in entries.model.models),
            "the fetch",
            30,
        )
        selected = entries.selected
        assert selected
        assert selected[1].command[:2] == ("git", "symbolic-ref")
        await driver.sees("refs/heads/master")


@async_test
async def test_what_was_done_is_shown_and_what_was_asked_only_on_request(project: Project) -> None:
    number = project.finish("echo x >result")
    async with run_app(project.world.clone) as driver:
        await driver.until(lambda: driver.app.session.journal)
        await driver.press("at")
        rows = (await driver.dialog(JournalScreen))._rows
        await driver.sees("a also what was asked")
        assert "for-each-ref" not in driver.text
        driver.app.act("pull", Selection("runs", None, None, project.run(number), ()))
        await driver.until(lambda: "git fetch" in driver.text, "the fetch", 30)
        assert "symbolic-ref" not in driver.text
        await driver.press("a")
        # How many others were asked since, and stand above it, depends on the time.
        commands = [" ".join(entry.command) for _, entry in rows.model.shown]
        rows.select(next(n for n, line in enumerate(commands) if "symbolic-ref" in line))
        await driver.sees("git symbolic-ref")
        await driver.sees("a only what was done")
        await driver.press("a")
        await driver.until(lambda: "symbolic-ref" not in driver.text)
