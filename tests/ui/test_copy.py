"""Copying ids, commits and commands; holding, and shells in run trees."""

from __future__ import annotations

from contextlib import nullcontext
from typing import TYPE_CHECKING

from gitbatch_tui.ui.dialogs.choose import Choose
from tests.ui.driver import async_test, run_app

if TYPE_CHECKING:
    import pytest

    from tests.support.project import Project


@async_test
async def test_a_menu_offers_what_can_be_copied(project: Project) -> None:
    number = project.finish("echo 1 >result")
    async with run_app(project.world.clone) as driver:
        run = await driver.knows(number, "succeeded")
        expected = {
            0: f"batch#{number}",
            1: run.commit,
            2: run.result,
            3: f"git fetch batch {run.result}",
            4: f"gitbatch-tui show 'batch#{number}'",
        }
        for index, text in expected.items():
            await driver.press("y")
            await driver.dialog(Choose)
            await driver.press(*["j"] * index, "enter")
            await driver.back_on_main()
            assert driver.app.clipboard == text
            await driver.says(f"Copied: {text}")


@async_test
async def test_in_branches_the_branch_comes_first(project: Project) -> None:
    project.finish("true")
    async with run_app(project.world.clone) as driver:
        await driver.press("2", "y", "enter")
        assert driver.app.clipboard == "master"


@async_test
async def test_h_says_why_it_cannot_hold(project: Project) -> None:
    project.begin("sleep 30")
    project.begin("sleep 30")
    number = project.begin("sleep 30")
    async with run_app(project.world.clone) as driver:
        await driver.knows(number, "queued")
        await driver.press("h")
        await driver.says("There is no way to hold jobs of local: cancel the run instead.")


@async_test
async def test_a_shell_opens_in_the_run_tree(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = project.finish("echo 1 >result")
    opened: list[list[str]] = []
    monkeypatch.setattr(
        "gitbatch_tui.core.hosts.terminal.run_here", lambda argv, _journal: opened.append(argv)
    )
    async with run_app(project.world.clone) as driver:
        monkeypatch.setattr(driver.app, "suspend", nullcontext)
        await driver.knows(number, "succeeded")
        await driver.press("exclamation_mark")
        await driver.until(lambda: opened)
    assert opened[0][-1] == str(number)


@async_test
async def test_a_terminal_that_cannot_be_given_away_is_said(project: Project) -> None:
    number = project.finish("true")
    async with run_app(project.world.clone) as driver:
        await driver.knows(number, "succeeded")
        await driver.press("exclamation_mark")
        await driver.says("This terminal can't be given to another program.")
