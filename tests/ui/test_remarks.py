"""Notes and tags that are written by keys, and found by the filter."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from gitbatch_tui.ui.dialogs.ask import Ask
from tests.support.batches import new_world
from tests.ui.driver import AppDriver, async_test, run_app

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.worlds import World


@pytest.fixture
def world(tmp_path: Path) -> World:
    world = new_world(tmp_path)
    for number, rate in enumerate(("0.1", "0.2"), 1):
        world.commit({"more": rate}, branch=f"topic-{number}")
        world.push(options=[f"lr={rate}"])
        world.settled(number)
    return world


async def write(driver: AppDriver, key: str, text: str) -> None:
    await driver.press(key)
    await driver.dialog(Ask)
    await driver.press("end", *["backspace"] * 40)
    await driver.write(text)
    await driver.press("enter")
    await driver.back_on_main()


@async_test
async def test_a_note_is_written_seen_and_taken_away(world: World) -> None:
    async with run_app(world.clone) as driver:
        await driver.knows(2, "succeeded")
        await write(driver, "n", "diverges after epoch 3")
        await driver.says("batch#2 (lr=0.2): noted diverges after epoch 3.")
        await driver.until(lambda: (run := driver.run(2)) and run.note)
        await driver.sees("“diverges after epoch 3”")
        await driver.press("n")
        await driver.dialog(Ask)
        await driver.sees("diverges after epoch 3")
        await driver.press("escape")
        await write(driver, "n", "")
        await driver.until(lambda: (run := driver.run(2)) and not run.note)


@async_test
async def test_marked_runs_are_tagged_and_found_by_their_tag(world: World) -> None:
    async with run_app(world.clone) as driver:
        await driver.knows(2, "succeeded")
        await driver.press("space", "space")
        await write(driver, "T", "good first")
        await driver.says("2 runs: tagged good, tagged first.")
        assert not driver.app.main.runs.marked
        await driver.until(lambda: all((run := driver.run(n)) and run.tags for n in (1, 2)))
        await write(driver, "T", "good")
        await driver.until(
            lambda: sum("first" in run.tags for run in driver.app.live.state.runs()) == 1
        )
        await driver.press("slash", *"tag:first", "enter")
        await driver.until(lambda: len(driver.app.main.runs.model.found) == 1)


@async_test
async def test_what_is_no_tag_is_said_and_can_be_changed(world: World) -> None:
    async with run_app(world.clone) as driver:
        await driver.knows(2, "succeeded")
        await driver.press("T")
        await driver.dialog(Ask)
        await driver.write("not/one")
        await driver.press("enter")
        await driver.says("not/one is no tag")
        await driver.dialog(Ask)
        await driver.sees("not/one")
