"""What a run changed, and what differs between two of them, behind one key."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from gitbatch_tui.ui.screens.diff import DiffScreen
from tests.support.batches import new_world
from tests.ui.driver import async_test, run_app

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.worlds import World
    from tests.ui.driver import AppDriver


@pytest.fixture
def world(tmp_path: Path) -> World:
    """A project with two runs of one commit."""
    world = new_world(tmp_path)
    world.push()
    world.settled(1)
    world.gitbatch("rerun", "1")
    world.settled(2)
    return world


async def shown(driver: AppDriver) -> DiffScreen:
    await driver.until(lambda: isinstance(driver.app.screen, DiffScreen), "the diff")
    screen = driver.app.screen
    assert isinstance(screen, DiffScreen)
    return screen


@async_test
async def test_d_shows_what_the_selected_run_changed(world: World) -> None:
    async with run_app(world.clone) as driver:
        await driver.knows(2, "succeeded")
        await driver.press("d")
        await shown(driver)
        await driver.sees("What batch#2 changed")
        await driver.sees("result")
        await driver.press("escape")
        await driver.back_on_main()


@async_test
async def test_d_shows_how_the_results_of_two_marked_runs_differ(world: World) -> None:
    async with run_app(world.clone) as driver:
        await driver.knows(2, "succeeded")
        await driver.press("space", "j", "space", "d")
        await shown(driver)
        await driver.sees("batch#1 against batch#2")
