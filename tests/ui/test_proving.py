"""Verifying and reproducing, behind one key."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from gitbatch_tui.ui.dialogs.choose import Choose
from gitbatch_tui.ui.dialogs.progress import Progress
from tests.core.batches import new_world
from tests.hooks.world import JOB_OF_ITS_OWN
from tests.ui.desk import SMALL, played, seated

if TYPE_CHECKING:
    from pathlib import Path

    from tests.hooks.world import World
    from tests.ui.desk import Desk


@pytest.fixture
def world(tmp_path: Path) -> World:
    """A project with a run whose result is another one each time."""
    world = new_world(tmp_path)
    python = world.root / "bin/python3"
    world.script(python, "#!/bin/sh\necho python version: 1.0\n")
    world.env["PATH"] = f"{python.parent}:{world.env['PATH']}"
    world.push()
    world.settled(1)
    return world


@played
async def test_v_verifies_and_enter_reproduces(world: World) -> None:
    async with seated(world.clone) as desk:
        await desk.knows(1, "succeeded")
        await desk.press("v")
        dialog = await desk.dialog(Choose)
        assert dialog.heading == "batch#1 is what it claims to be"
        await desk.sees("✔ run tree: All its files are as in the result.")
        await desk.press("enter")
        progress = await desk.dialog(Progress)
        await desk.until(lambda: progress.is_over, "the comparison")
        assert progress.lines[0] == f"✖ result: line 1: {differing(world)}"
        await desk.sees("batch#2 differs from batch#1 in a file.")
        await desk.press("enter")
        await desk.back_on_main()
        await desk.press("j")
        await desk.sees("batch#1 ✔ succeeded ≠ differs by run 2: result")
        await desk.press("i")
        await desk.sees("Verified and reproduced")


def begin_a_patient_run(world: World) -> None:
    """Run 2, which ends when it may; so will its repetition."""
    world.git("pull", "-q", "batch", "master")
    job = "#!/bin/sh\necho 1 >result; until test -e ../go; do sleep 0.05; done\n"
    world.commit({"schedule.sh": JOB_OF_ITS_OWN, "run.sh": job})
    world.push()
    (world.run(2) / "go").touch()
    world.settled(2)


def differing(world: World) -> str:
    old, new = ((world.run(n) / "tree/result").read_text().strip() for n in (1, 2))
    return f"{old} → {new}"


async def run_the_patient_one_again(desk: Desk) -> None:
    await desk.knows(2, "succeeded")
    await desk.press("v")
    await desk.dialog(Choose)
    await desk.press("enter")


@played
async def test_what_is_red_is_said_and_esc_runs_nothing(world: World) -> None:
    (world.run(1) / "tree/run.sh").write_text("#!/bin/sh\n")
    async with seated(world.clone, SMALL) as desk:
        await desk.knows(1, "succeeded")
        await desk.press("v")
        dialog = await desk.dialog(Choose)
        assert dialog.heading == "batch#1 isn't what it was"
        await desk.sees("✖ run tree: Files of it were changed since: run.sh.")
        await desk.press("escape")
        await desk.back_on_main()
    assert not world.run(2).exists()


@played
async def test_who_leaves_is_told_how_it_compares(world: World) -> None:
    begin_a_patient_run(world)
    async with seated(world.clone) as desk:
        await run_the_patient_one_again(desk)
        await desk.dialog(Progress)
        await desk.sees("batch#3 is running")
        await desk.press("escape")
        await desk.back_on_main()
        (world.run(3) / "go").touch()
        await desk.says("batch#3 reproduces batch#2: the results are identical.")


@played
async def test_quitting_leaves_the_repetition_to_itself(world: World) -> None:
    begin_a_patient_run(world)
    async with seated(world.clone) as desk:
        await run_the_patient_one_again(desk)
        await desk.sees("batch#3 is running")
    (world.run(3) / "go").touch()
    assert world.settled(3)["state"] == "succeeded"
