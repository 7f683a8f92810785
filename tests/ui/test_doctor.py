"""The doctor's lines appear one by one, and stay."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gitbatch_tui.ui.dialogs.progress import ProgressDialog
from tests.support.batches import new_world
from tests.support.worlds import JOB_OF_ITS_OWN
from tests.ui.driver import async_test, run_app

if TYPE_CHECKING:
    from pathlib import Path


@async_test
async def test_a_remote_that_works_is_said_to(tmp_path: Path) -> None:
    world = new_world(tmp_path)
    async with run_app(world.clone) as driver:
        await driver.press("D")
        progress = await driver.dialog(ProgressDialog)
        await driver.sees("✔ connection: local answers")
        await driver.until(lambda: progress.is_over, seconds=50)
        await driver.sees("round trip")
        assert "✖" not in driver.text
        await driver.press("escape")
        await driver.back_on_main()
        assert not [run for run in driver.app.live.state.runs() if run.branch == "master"]
        await driver.knows(900000001, "succeeded")
        assert driver.toasts == []


@async_test
async def test_what_is_wrong_is_named(tmp_path: Path) -> None:
    world = new_world(tmp_path)
    (world.repo / "hooks/post-receive").unlink()
    async with run_app(world.clone) as driver:
        await driver.press("D")
        progress = await driver.dialog(ProgressDialog)
        await driver.until(lambda: progress.is_over, seconds=50)
        wrong = [line for line in progress.lines if line.startswith("✖")]
        assert "hook: there is no post-receive hook" in wrong[0]
        await driver.sees("Something is wrong with batch")


@async_test
async def test_esc_stops_the_round_trip_and_cancels_its_run(tmp_path: Path) -> None:
    world = new_world(tmp_path)
    world.bare("config", "gitbatch.localSlots", "1")
    world.submit({"schedule.sh": JOB_OF_ITS_OWN, "run.sh": "#!/bin/sh\nexec sleep 60\n"})
    async with run_app(world.clone) as driver:
        await driver.press("D")
        progress = await driver.dialog(ProgressDialog)
        await driver.knows(900000001, "queued")
        await driver.press("escape")
        await driver.until(lambda: progress.is_over, seconds=50)
        await driver.sees("stopped; the test was cancelled")
        await driver.sees("Stopped.")
    assert world.settled(900000001)["state"] == "cancelled"
    world.gitbatch("cancel", "1")


@async_test
async def test_what_can_be_mended_is_mended_on_m(tmp_path: Path) -> None:
    world = new_world(tmp_path)
    world.push()
    world.settled(1)
    async with run_app(world.clone) as driver:
        (world.base / "active/1").touch()
        (world.run(1) / "settled").unlink()
        (world.base / "active/1").unlink()
        await driver.press("D")
        progress = await driver.dialog(ProgressDialog)
        await driver.until(lambda: progress.is_over, seconds=50)
        await driver.sees("m mend it")
        await driver.press("m")
        await driver.sees("Mending what can be mended")
        mending = await driver.dialog(ProgressDialog)
        await driver.until(lambda: mending.is_over, seconds=50)
        assert not [line for line in mending.lines if line.startswith("✖")]
