"""Verifying and reproducing, behind one key."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from gitbatch_tui.ui.dialogs.choose import Choose
from gitbatch_tui.ui.dialogs.progress import ProgressDialog
from tests.support.batches import new_world
from tests.support.worlds import JOB_OF_ITS_OWN
from tests.ui.driver import SMALL, async_test, run_app

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.worlds import World
    from tests.ui.driver import AppDriver


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


@async_test
async def test_v_verifies_and_enter_reproduces(world: World) -> None:
    async with run_app(world.clone) as driver:
        await driver.knows(1, "succeeded")
        await driver.press("v")
        dialog = await driver.dialog(Choose)
        assert dialog.heading == "batch#1 is what it claims to be"
        await driver.sees("✔ run tree: All its files are as in the result.")
        await driver.press("enter")
        progress = await driver.dialog(ProgressDialog)
        await driver.until(lambda: progress.is_over, "the comparison")
        assert progress.lines[0] == f"✖ result: line 1: {differing(world)}"
        await driver.sees("batch#2 differs from batch#1 in a file.")
        await driver.press("enter")
        await driver.back_on_main()
        await driver.press("j")
        await driver.sees("batch#1 ✔ succeeded ≠ differs by run 2: result")
        await driver.press("i")
        await driver.sees("Verified and reproduced")


def begin_a_patient_run(world: World) -> None:
    """Run 2, which ends when it may; so will its repetition."""
    world.git("pull", "-q", "batch", "master")
    job = "#!/bin/sh\necho 1 >result; until test -e ../go; do sleep 0.1; done\n"
    world.commit({"schedule.sh": JOB_OF_ITS_OWN, "run.sh": job})
    world.push()
    (world.run(2) / "go").touch()
    world.settled(2)


def differing(world: World) -> str:
    old, new = ((world.run(n) / "tree/result").read_text().strip() for n in (1, 2))
    return f"{old} → {new}"


async def run_the_patient_one_again(driver: AppDriver) -> None:
    await driver.knows(2, "succeeded")
    await driver.press("v")
    await driver.dialog(Choose)
    await driver.press("enter")


@async_test
async def test_what_is_red_is_said_and_esc_runs_nothing(world: World) -> None:
    (world.run(1) / "tree/run.sh").write_text("#!/bin/sh\n")
    async with run_app(world.clone, SMALL) as driver:
        await driver.knows(1, "succeeded")
        await driver.press("v")
        dialog = await driver.dialog(Choose)
        assert dialog.heading == "batch#1 isn't what it was"
        await driver.sees("✖ run tree: Files of it were changed since: run.sh.")
        await driver.press("escape")
        await driver.back_on_main()
    assert not world.run(2).exists()


@async_test
async def test_who_leaves_is_told_how_it_compares(world: World) -> None:
    begin_a_patient_run(world)
    async with run_app(world.clone) as driver:
        await run_the_patient_one_again(driver)
        await driver.dialog(ProgressDialog)
        await driver.sees("batch#3 is running")
        await driver.press("escape")
        await driver.back_on_main()
        (world.run(3) / "go").touch()
        await driver.says("batch#3 reproduces batch#2: the results are identical.")


@async_test
async def test_quitting_leaves_the_repetition_to_itself(world: World) -> None:
    begin_a_patient_run(world)
    async with run_app(world.clone) as driver:
        await run_the_patient_one_again(driver)
        await driver.sees("batch#3 is running")
    (world.run(3) / "go").touch()
    assert world.settled(3)["state"] == "succeeded"
