"""Running a commit again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from gitbatch_tui.ui.dialogs.rerun import RerunDialog
from tests.core.batches import new_world
from tests.ui.desk import played, seated

if TYPE_CHECKING:
    from pathlib import Path

    from tests.hooks.world import World


@pytest.fixture
def world(tmp_path: Path) -> World:
    world = new_world(tmp_path)
    world.push(options=["lr=0.1"])
    world.settled(1)
    return world


@played
async def test_a_run_is_run_again_with_its_parameters_or_others(world: World) -> None:
    async with seated(world.clone) as desk:
        await desk.knows(1, "succeeded")
        await desk.press("x")
        dialog = await desk.dialog(RerunDialog)
        assert dialog.parameters.options == ("lr=0.1",)
        await desk.press("tab", "end", "5", "enter")
        again = await desk.knows(2, "succeeded")
        await desk.until(lambda: desk.run(2) and desk.run(2) == desk.app.main.runs.selected)
        await desk.back_on_main()
        assert again.origin == "rerun 1"
        assert again.options == ("lr=0.15",)
    assert world.facts(2, "request")["option"] == "lr=0.15"


@played
async def test_a_parameter_can_be_taken_away(world: World) -> None:
    async with seated(world.clone) as desk:
        await desk.knows(1, "succeeded")
        await desk.press("x")
        await desk.dialog(RerunDialog)
        await desk.press("tab", "end", *["backspace"] * 6, "enter")
        assert (await desk.knows(2, "succeeded")).options == ()


@played
async def test_esc_runs_nothing(world: World) -> None:
    async with seated(world.clone) as desk:
        await desk.knows(1, "succeeded")
        await desk.press("x")
        await desk.dialog(RerunDialog)
        await desk.press("escape")
        await desk.back_on_main()
    assert not world.run(2).exists()
