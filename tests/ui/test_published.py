"""Runs that others have published, on the screen of a clone that has fetched nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from gitbatch_tui.ui.dialogs.choose import Choose
from gitbatch_tui.ui.dialogs.confirm import Confirm
from gitbatch_tui.ui.dialogs.details import Details
from gitbatch_tui.ui.dialogs.progress import ProgressDialog
from gitbatch_tui.ui.screens.log import LogScreen
from tests.support.command_line import call
from tests.support.sharing import Colleague, hire, make_origin
from tests.ui.driver import SMALL, async_test, run_app

if TYPE_CHECKING:
    from tests.support.project import Project

JOB = 'echo "$GITBATCH_RUN was here"; echo result >out'


@pytest.fixture
def colleague(project: Project) -> Colleague:
    """Run 1 is published with its results and log, run 2 without."""
    make_origin(project)
    project.finish(JOB)
    assert call(project, "publish", "--results").status == 0
    project.finish_on("more", JOB)
    assert call(project, "publish").status == 0
    colleague = hire(project)
    assert colleague.call("setup", "--from", "origin").status == 0
    return colleague


@async_test
async def test_published_runs_are_shown_with_where_they_ran(colleague: Colleague) -> None:
    async with run_app(colleague.path) as driver:
        await driver.sees("◇ origin/batch published")
        await driver.sees("Runs on origin/batch")
        await driver.sees("Not published; its owner can: `gitbatch-tui publish batch --results`.")
        await driver.press("j")
        await driver.sees("1 was here")
        await driver.press("i")
        details = await driver.dialog(Details)
        (_, places) = details.sections[-1]
        base = str(colleague.project.world.base)
        assert places[:2] == [("published on", "origin", ""), ("it ran at", base, "")]
        await driver.press("escape", "l")
        await driver.dialog(LogScreen)
        await driver.sees("1 was here")
        await driver.press("escape")
        await driver.back_on_main()
        # What only asks its server isn't tried at all.
        assert driver.toasts == []


@async_test
async def test_names_are_whole_on_a_small_screen(colleague: Colleague) -> None:
    base = colleague.project.world.root / "mine"
    assert colleague.call("setup", "workstation", str(base)).status == 0
    async with run_app(colleague.path, SMALL) as driver:
        await driver.sees("◇ origin/batch")
        await driver.sees("● workstation")
        await driver.press("0")
        await driver.sees("origin/batch#2 ")
        await driver.sees("origin/batch#1 ")


@async_test
async def test_keys_that_cannot_act_say_what_to_do_instead(colleague: Colleague) -> None:
    async with run_app(colleague.path) as driver:
        await driver.sees("Runs on origin/batch")
        for key in ("x", "n", "exclamation_mark"):
            await driver.press(key)
            await driver.until(lambda: driver.toasts, key)
            assert (
                "v verifies it, and runs it again on a batch remote of yours."
                in (driver.toasts[-1])
            ), key
            driver.app.clear_notifications()
        for key in ("s", "D"):
            await driver.press("1", key)
            await driver.until(lambda: driver.toasts, key)
            assert "press a to add one." in driver.toasts[-1], key
            driver.app.clear_notifications()


@async_test
async def test_v_reproduces_a_published_run_on_a_batch_remote_of_ones_own(
    colleague: Colleague,
) -> None:
    async with run_app(colleague.path) as driver:
        await driver.sees("Runs on origin/batch")
        await driver.press("j", "v")
        await driver.dialog(Choose)
        await driver.sees("nothing for now: a adds a batch remote to run it on")
        await driver.press("escape")
        base = colleague.project.world.root / "mine"
        assert colleague.call("setup", "mine", str(base)).status == 0
        await driver.press("R")
        await driver.until(lambda: "mine" in driver.app.live.state.views, "the new batch remote")
        await driver.press("v")
        await driver.dialog(Choose)
        await driver.sees("run it on mine, and compare the results")
        await driver.press("enter")
        progress = await driver.dialog(ProgressDialog)
        await driver.until(lambda: progress.is_over, "the comparison")
        await driver.sees("mine#1 reproduces origin/batch#1: the results are identical.")


@async_test
async def test_the_palette_brings_what_was_published(colleague: Colleague) -> None:
    colleague.call("remove", "--from", "origin")
    async with run_app(colleague.path) as driver:
        await driver.sees("press a for a batch remote, on this machine or behind ssh.")
        await driver.press("ctrl+p", *"published", "enter")
        told = "Published on origin: origin/batch."
        await driver.until(lambda: told in driver.toasts, told)
        await driver.sees("Runs on origin/batch")
        colleague.git("remote", "remove", "origin")
        await driver.press("ctrl+p", *"published", "enter")
        none = "This clone has no git remote on which runs could be published."
        await driver.until(lambda: none in driver.toasts, none)


@async_test
async def test_news_appear_after_a_fetch_and_u_forgets_all_of_it(colleague: Colleague) -> None:
    async with run_app(colleague.path) as driver:
        await driver.sees("Runs on origin/batch")
        colleague.project.finish_on("most", JOB)
        assert call(colleague.project, "publish").status == 0
        colleague.git("fetch", "-q")
        await driver.until(lambda: driver.app.live.state.find("origin/batch", 3), "the new run")
        await driver.press("1", "u")
        await driver.dialog(Choose)
        await driver.press("enter")
        await driver.dialog(Confirm)
        await driver.press("enter")
        await driver.until(lambda: not driver.app.live.state.remotes, "nothing")
        await driver.sees("press a for a batch remote, on this machine or behind ssh.")
        assert "refs/gitbatch" not in colleague.git("for-each-ref")
