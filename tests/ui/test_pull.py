"""Bringing results home: what came is said, and nothing is merged without being asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from gitbatch_tui.ui.dialogs.choose import Choose
from gitbatch_tui.ui.dialogs.reading import Notice
from tests.core.batches import new_world
from tests.ui.desk import Desk, played, seated

if TYPE_CHECKING:
    from pathlib import Path

    from tests.hooks.world import World


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


async def asked(desk: Desk) -> None:
    await desk.knows(1, "succeeded")
    await desk.press("p")
    await desk.dialog(Choose)
    await desk.sees("master has commits of its own since batch#1.")


async def now_is(desk: Desk, results: str) -> None:
    await desk.until(lambda: (run := desk.run(1)) and run.results.value == results, results)


@played
async def test_results_that_follow_the_branch_are_taken_and_named(world: World) -> None:
    async with seated(world.clone) as desk:
        await now_is(desk, "waiting")
        await desk.press("p")
        await desk.says("1 file: result.")
        await desk.says("The results of batch#1 were brought into master.")
        await now_is(desk, "pulled")
        await desk.back_on_main()
    assert (world.clone / "result").exists()


@played
async def test_a_branch_that_went_on_can_be_merged(world: World) -> None:
    world.commit({"mine": "1"})
    async with seated(world.clone) as desk:
        await asked(desk)
        await desk.press("enter")
        await desk.says("merged into master")
        await now_is(desk, "pulled")
    assert world.git("log", "-1", "--format=%s") == "Merge results of batch#1"


@played
async def test_or_only_the_files_are_brought(world: World) -> None:
    commit = world.commit({"mine": "1"})
    async with seated(world.clone) as desk:
        await asked(desk)
        await desk.press("down", "enter")
        await desk.says("Files of batch#1: 1 brought.")
        await now_is(desk, "pulled")
    assert (world.clone / "result").exists()
    assert world.git("rev-parse", "HEAD") == commit


@played
async def test_files_that_are_changed_here_stay_and_are_named(world: World) -> None:
    world.commit({"result": "mine\n"})
    async with seated(world.clone) as desk:
        await asked(desk)
        await desk.press("down", "enter")
        await desk.dialog(Notice)
        await desk.sees("result: another one is here")
        await desk.press("escape")
        await desk.back_on_main()
    assert (world.clone / "result").read_text() == "mine\n"


@played
async def test_or_nothing_happens(world: World) -> None:
    commit = world.commit({"mine": "1"})
    async with seated(world.clone) as desk:
        for keys in (("down", "down", "down", "down", "enter"), ("escape",)):
            await asked(desk)
            await desk.press(*keys)
            await desk.says("Nothing was changed")
    assert world.git("rev-parse", "HEAD") == commit
    assert not (world.clone / "result").exists()


@played
async def test_a_conflict_is_undone_and_named(world: World) -> None:
    commit = world.commit({"result": "mine\n"})
    async with seated(world.clone) as desk:
        await asked(desk)
        await desk.press("enter")
        await desk.sees("both change result")
    assert world.git("rev-parse", "HEAD") == commit
    assert not world.git("status", "--porcelain")


@played
async def test_a_run_without_results_says_so(world: World) -> None:
    world.commit({"run.sh": "#!/bin/sh\n:\n"})
    world.push("-f", "HEAD:refs/heads/empty")
    world.settled(2)
    async with seated(world.clone) as desk:
        await desk.knows(2, "succeeded")
        desk.app.main.runs.action_go(0)
        await desk.press("p")
        await desk.says("batch#2 has no results to pull.")


@played
async def test_results_that_could_not_be_delivered_are_tried_again(tmp_path: Path) -> None:
    world = new_world(tmp_path)
    world.commit({"run.sh": LOSES_AN_OBJECT})
    world.push()
    world.settled(1)
    async with seated(world.clone) as desk:
        await now_is(desk, "undelivered")
        await desk.press("p")
        await desk.says("The results of batch#1 could not be delivered")
        commands = [entry.command for _, entry in desk.app.session.journal]
        assert any("settle" in command for command in commands)
