"""What a run changed, and what differs between two of them, behind one key."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from gitbatch_tui.ui.screens.diff import DiffScreen
from tests.core.batches import new_world
from tests.ui.desk import played, seated

if TYPE_CHECKING:
    from pathlib import Path

    from tests.hooks.world import World
    from tests.ui.desk import Desk


@pytest.fixture
def world(tmp_path: Path) -> World:
    """A project with two runs of one commit."""
    world = new_world(tmp_path)
    world.push()
    world.settled(1)
    world.gitbatch("rerun", "1")
    world.settled(2)
    return world


async def shown(desk: Desk) -> DiffScreen:
    await desk.until(lambda: isinstance(desk.app.screen, DiffScreen), "the diff")
    screen = desk.app.screen
    assert isinstance(screen, DiffScreen)
    return screen


@played
async def test_d_shows_what_the_selected_run_changed(world: World) -> None:
    async with seated(world.clone) as desk:
        await desk.knows(2, "succeeded")
        await desk.press("d")
        await shown(desk)
        await desk.sees("What batch#2 changed")
        await desk.sees("result")
        await desk.press("escape")
        await desk.back_on_main()


@played
async def test_d_shows_how_the_results_of_two_marked_runs_differ(world: World) -> None:
    async with seated(world.clone) as desk:
        await desk.knows(2, "succeeded")
        await desk.press("space", "j", "space", "d")
        await shown(desk)
        await desk.sees("batch#1 against batch#2")
