"""One dialog at a time: keys in one go are for the first one, and what comes late waits."""

from __future__ import annotations

from threading import Event
from typing import TYPE_CHECKING

import pytest

from gitbatch_tui.ui.actions import diff
from gitbatch_tui.ui.dialogs.ask import Ask
from gitbatch_tui.ui.dialogs.details import Details
from gitbatch_tui.ui.dialogs.setup import SetupDialog
from gitbatch_tui.ui.dialogs.submit import SubmitDialog
from gitbatch_tui.ui.screens.diff import DiffScreen
from tests.support.batches import new_world
from tests.ui.driver import async_test, run_app

if TYPE_CHECKING:
    from pathlib import Path

    from textual.screen import Screen

    from tests.support.worlds import World


@pytest.fixture
def world(tmp_path: Path) -> World:
    world = new_world(tmp_path)
    world.push()
    world.settled(1)
    return world


@pytest.mark.parametrize(
    ("keys", "first"),
    [("sx", SubmitDialog), ("ss", SubmitDialog), ("sp", SubmitDialog),
     ("ax", SetupDialog), ("in", Details)],
)  # fmt: skip
def test_keys_that_come_in_one_go_open_one_dialog(
    world: World, keys: str, first: type[Screen[object]]
) -> None:
    @async_test
    async def scenario() -> None:
        async with run_app(world.clone) as driver:
            await driver.knows(1, "succeeded")
            await driver.write(keys)
            await driver.dialog(first)
            assert driver.app.screen_stack[1:] == [driver.app.screen]
            await driver.press("escape")
            await driver.back_on_main()
            await driver.press("n")
            await driver.dialog(Ask)

    scenario()


@async_test
async def test_what_has_to_wait_opens_when_the_dialog_that_is_open_by_then_is_closed(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    compare, fetched = diff._compare, Event()

    def slowly(*arguments: object) -> object:
        fetched.wait()
        return compare(*arguments)  # type: ignore[arg-type]  # as they come

    monkeypatch.setattr(diff, "_compare", slowly)
    async with run_app(world.clone) as driver:
        await driver.knows(1, "succeeded")
        await driver.press("d")
        await driver.sees("Fetching what has changed ...")
        await driver.press("n")
        question = await driver.dialog(Ask)
        fetched.set()
        await driver.until(lambda: not driver.app.main.line.note, "what has changed is here")
        await driver.press(*"good")
        assert driver.app.screen is question
        await driver.press("enter")
        await driver.dialog(DiffScreen)
