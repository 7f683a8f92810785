"""Running a commit again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from gitbatch_tui.ui.dialogs.choose import Choose
from gitbatch_tui.ui.dialogs.rerun import RerunDialog
from tests.support.batches import new_world
from tests.ui.driver import async_test, run_app

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.worlds import World


@pytest.fixture
def world(tmp_path: Path) -> World:
    world = new_world(tmp_path)
    world.push(options=["lr=0.1"])
    world.settled(1)
    return world


@async_test
async def test_a_run_is_run_again_with_its_parameters_or_others(world: World) -> None:
    async with run_app(world.clone) as driver:
        await driver.knows(1, "succeeded")
        await driver.press("x")
        dialog = await driver.dialog(RerunDialog)
        assert dialog.parameters.options == ("lr=0.1",)
        await driver.press("tab", "end", "5", "enter")
        again = await driver.knows(2, "succeeded")
        await driver.until(lambda: driver.run(2) and driver.run(2) == driver.app.main.runs.selected)
        await driver.back_on_main()
        assert again.origin == "rerun 1"
        assert again.options == ("lr=0.15",)
    assert world.facts(2, "request")["option"] == "lr=0.15"


@async_test
async def test_a_parameter_can_be_taken_away(world: World) -> None:
    async with run_app(world.clone) as driver:
        await driver.knows(1, "succeeded")
        await driver.press("x")
        await driver.dialog(RerunDialog)
        await driver.press("tab", "end", *["backspace"] * 6, "enter")
        assert (await driver.knows(2, "succeeded")).options == ()


@async_test
async def test_values_that_a_run_had_are_neither_asked_about_again_nor_changed(
    world: World,
) -> None:
    options = ["layers=2,4", "note=a\tb "]
    world.push("HEAD:refs/heads/other", options=options)
    world.settled(2)
    async with run_app(world.clone) as driver:
        await driver.knows(2, "succeeded")
        await driver.press("x")
        await driver.dialog(RerunDialog)
        await driver.press("enter")
        assert (await driver.knows(3, "succeeded")).options == tuple(options)


@async_test
async def test_of_several_runs_none_is_swept(world: World) -> None:
    world.gitbatch("rerun", "1", "-o", "lr=0.2")
    world.settled(2)
    async with run_app(world.clone) as driver:
        await driver.knows(2, "succeeded")
        await driver.press("space", "space", "x")
        dialog = await driver.dialog(RerunDialog)
        dialog.parameters.enter()
        await driver.write("seed=1,2")
        await driver.press("enter")
        await driver.dialog(Choose)
        await driver.sees("only one run can be swept")
        await driver.press("enter")
        await driver.dialog(RerunDialog)
        await driver.press("enter")
        await driver.dialog(Choose)
        await driver.press("down", "enter")
        again = {(await driver.knows(number, "succeeded")).options for number in (3, 4)}
        assert again == {("lr=0.1", "seed=1,2"), ("lr=0.2", "seed=1,2")}


@async_test
async def test_esc_runs_nothing(world: World) -> None:
    async with run_app(world.clone) as driver:
        await driver.knows(1, "succeeded")
        await driver.press("x")
        await driver.dialog(RerunDialog)
        await driver.press("escape")
        await driver.back_on_main()
    assert not world.run(2).exists()


@async_test
async def test_a_dialog_that_is_closed_below_another_one_goes_when_that_has_gone(
    world: World,
) -> None:
    async with run_app(world.clone) as driver:
        await driver.press("x")
        dialog = await driver.dialog(RerunDialog)
        above = Choose[str]("Which", [("this one", "this")])
        driver.app.push_screen(above)
        await driver.dialog(Choose)
        dialog.close()
        assert driver.app.screen is above
        await driver.press("escape")
        await driver.back_on_main()
