"""Bringing results home: what came is said, and nothing is merged without being asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from gitbatch_tui.ui.dialogs.choose import Choose
from gitbatch_tui.ui.dialogs.reading import Notice
from tests.support.batches import new_world
from tests.ui.driver import AppDriver, async_test, run_app

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.worlds import World


LOSES_AN_OBJECT = """#!/bin/sh
date >result
git add result
git -c core.hooksPath=/dev/null commit -q -m result
blob=$(git rev-parse :result)
folder=${blob%"${blob#??}"}
mkdir .git/hidden && mv ".git/objects/$folder" .git/hidden
rm result
"""


@pytest.fixture
def world(tmp_path: Path) -> World:
    """A project whose first run has results."""
    world = new_world(tmp_path)
    world.push()
    world.settled(1)
    return world


async def asked(driver: AppDriver) -> None:
    await driver.knows(1, "succeeded")
    await driver.press("p")
    await driver.dialog(Choose)
    await driver.sees("master has commits of its own since batch#1.")


async def now_is(driver: AppDriver, results: str) -> None:
    await driver.until(lambda: (run := driver.run(1)) and run.results.value == results, results)


@async_test
async def test_results_that_follow_the_branch_are_taken_and_named(world: World) -> None:
    async with run_app(world.clone) as driver:
        await now_is(driver, "waiting")
        await driver.press("p")
        await driver.says("1 file: result.")
        await driver.says("The results of batch#1 were brought into master.")
        await now_is(driver, "pulled")
        await driver.back_on_main()
    assert (world.clone / "result").exists()


@async_test
async def test_a_branch_that_went_on_can_be_merged(world: World) -> None:
    world.commit({"mine": "1"})
    async with run_app(world.clone) as driver:
        await asked(driver)
        await driver.press("enter")
        await driver.says("merged into master")
        await now_is(driver, "pulled")
    assert world.git("log", "-1", "--format=%s") == "Merge results of batch#1"


@async_test
async def test_or_only_the_files_are_brought(world: World) -> None:
    commit = world.commit({"mine": "1"})
    async with run_app(world.clone) as driver:
        await asked(driver)
        await driver.press("down", "enter")
        await driver.says("Files of batch#1: 1 brought.")
        await now_is(driver, "pulled")
    assert (world.clone / "result").exists()
    assert world.git("rev-parse", "HEAD") == commit


@async_test
async def test_files_that_are_changed_here_stay_and_are_named(world: World) -> None:
    world.commit({"result": "mine\n"})
    async with run_app(world.clone) as driver:
        await asked(driver)
        await driver.press("down", "enter")
        await driver.dialog(Notice)
        await driver.sees("result: another one is here")
        assert "batch#1 is here" not in driver.text
        await driver.press("escape")
        await driver.back_on_main()
    assert (world.clone / "result").read_text() == "mine\n"


@async_test
async def test_or_nothing_happens(world: World) -> None:
    commit = world.commit({"mine": "1"})
    async with run_app(world.clone) as driver:
        for keys in (("down", "down", "down", "down", "enter"), ("escape",)):
            await asked(driver)
            await driver.press(*keys)
            await driver.says("Nothing was changed")
    assert world.git("rev-parse", "HEAD") == commit
    assert not (world.clone / "result").exists()


@async_test
async def test_a_conflict_is_undone_and_named(world: World) -> None:
    commit = world.commit({"result": "mine\n"})
    async with run_app(world.clone) as driver:
        await asked(driver)
        await driver.press("enter")
        await driver.sees("both change result")
    assert world.git("rev-parse", "HEAD") == commit
    assert not world.git("status", "--porcelain")


@async_test
async def test_a_run_without_results_says_so(world: World) -> None:
    world.commit({"run.sh": "#!/bin/sh\n:\n"})
    world.push("-f", "HEAD:refs/heads/empty")
    world.settled(2)
    async with run_app(world.clone) as driver:
        await driver.knows(2, "succeeded")
        driver.app.main.runs.action_go(0)
        await driver.press("p")
        await driver.says("batch#2 has no results to pull.")


@async_test
async def test_results_that_could_not_be_delivered_are_tried_again(tmp_path: Path) -> None:
    world = new_world(tmp_path)
    world.commit({"run.sh": LOSES_AN_OBJECT})
    world.push()
    world.settled(1)
    async with run_app(world.clone) as driver:
        await now_is(driver, "undelivered")
        await driver.press("p")
        await driver.says("The results of batch#1 could not be delivered")
        commands = [entry.command for _, entry in driver.app.session.journal]
        assert any("settle" in command for command in commands)
