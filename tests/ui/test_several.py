"""Keys that take several runs at once."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from gitbatch_tui.models import Run, State
from gitbatch_tui.ui.actions import control
from gitbatch_tui.ui.dialogs.compare import CompareDialog
from gitbatch_tui.ui.dialogs.confirm import Confirm
from gitbatch_tui.ui.state import Selection
from tests.support.batches import new_world
from tests.support.worlds import JOB_OF_ITS_OWN
from tests.ui.driver import async_test, run_app

if TYPE_CHECKING:
    from pathlib import Path

    from gitbatch_tui.core.server.client import Server
    from tests.support.worlds import World

WAITS = "#!/bin/sh\nwhile ! test -e ../go; do sleep 0.1; done\n"


@pytest.fixture
def world(tmp_path: Path) -> World:
    return new_world(tmp_path)


@async_test
async def test_marked_runs_are_cancelled_with_one_message_and_their_marks_go(
    world: World,
) -> None:
    world.commit({"schedule.sh": JOB_OF_ITS_OWN, "run.sh": WAITS})
    world.push(options=["lr=0.1"])
    world.commit({"more": "1"})
    world.push(options=["lr=0.2"])
    async with run_app(world.clone) as driver:
        await driver.knows(2, "running")
        await driver.knows(1, "running")
        await driver.press("space", "space", "c")
        question = await driver.dialog(Confirm)
        assert question.heading == "Cancel 2 runs?"
        await driver.sees("batch#1 (lr=0.1)")
        await driver.press("y")
        await driver.says("2 runs are cancelled.")
        assert not driver.app.main.runs.marked
        assert sum("cancelled" in toast for toast in driver.toasts) == 1
        await driver.knows(1, "cancelled")
        await driver.knows(2, "cancelled")


@async_test
async def test_where_some_of_several_are_held_the_others_are_held_too(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int] = []

    def toggle(_: Server, number: int) -> str:
        asked.append(number)
        return "held"

    monkeypatch.setattr(control, "toggle_hold", toggle)
    held = Run("batch", 1, State.QUEUED, "master", "1" * 40, held=True)
    free = replace(held, number=2, held=False)
    async with run_app(world.clone) as driver:
        remote = driver.app.live.state.remotes[0].remote
        for marked, meant in {(held, free): [2], (held, replace(held, number=3)): [1, 3]}.items():
            asked.clear()
            await control.hold(driver.app, Selection("runs", remote, None, None, marked))
            assert sorted(asked) == meant


@async_test
async def test_marks_are_gone_when_runs_have_been_compared(world: World) -> None:
    world.push(options=["lr=0.1"])
    world.settled(1)
    world.commit({"more": "1"}, branch="other")
    world.push(options=["lr=0.2"])
    world.settled(2)
    async with run_app(world.clone) as driver:
        await driver.knows(2, "succeeded")
        await driver.press("space", "space", "v")
        await driver.dialog(CompareDialog)
        await driver.press("escape")
        await driver.back_on_main()
        assert not driver.app.main.runs.marked
