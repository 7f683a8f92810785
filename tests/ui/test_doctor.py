"""The doctor's lines appear one by one, and stay."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gitbatch_tui.ui.dialogs.progress import Progress
from tests.core.batches import new_world
from tests.hooks.world import JOB_OF_ITS_OWN
from tests.ui.desk import played, seated

if TYPE_CHECKING:
    from pathlib import Path


@played
async def test_a_remote_that_works_is_said_to(tmp_path: Path) -> None:
    world = new_world(tmp_path)
    async with seated(world.clone) as desk:
        await desk.press("D")
        progress = await desk.dialog(Progress)
        await desk.sees("✔ connection: local answers")
        await desk.until(lambda: progress.is_over, seconds=50)
        await desk.sees("round trip")
        assert "✖" not in desk.text
        await desk.press("escape")
        await desk.back_on_main()
        assert not [run for run in desk.app.live.state.runs() if run.branch == "master"]
        await desk.knows(1, "succeeded")
        assert desk.toasts == []


@played
async def test_what_is_wrong_is_named(tmp_path: Path) -> None:
    world = new_world(tmp_path)
    (world.repo / "hooks/post-receive").unlink()
    async with seated(world.clone) as desk:
        await desk.press("D")
        progress = await desk.dialog(Progress)
        await desk.until(lambda: progress.is_over, seconds=50)
        wrong = [line for line in progress.lines if line.startswith("✖")]
        assert "hook: there is no post-receive hook" in wrong[0]
        await desk.sees("Something is wrong with batch")


@played
async def test_esc_stops_the_round_trip_and_cancels_its_run(tmp_path: Path) -> None:
    world = new_world(tmp_path)
    world.bare("config", "gitbatch.localSlots", "1")
    world.submit({"schedule.sh": JOB_OF_ITS_OWN, "run.sh": "#!/bin/sh\nexec sleep 60\n"})
    async with seated(world.clone) as desk:
        await desk.press("D")
        progress = await desk.dialog(Progress)
        await desk.knows(2, "queued")
        await desk.press("escape")
        await desk.until(lambda: progress.is_over, seconds=50)
        await desk.sees("stopped; the test was cancelled")
        await desk.sees("Stopped.")
    assert world.settled(2)["state"] == "cancelled"
    world.gitbatch("cancel", "1")


@played
async def test_what_can_be_mended_is_mended_on_m(tmp_path: Path) -> None:
    world = new_world(tmp_path)
    world.push()
    world.settled(1)
    async with seated(world.clone) as desk:
        (world.base / "active/1").touch()
        (world.run(1) / "settled").unlink()
        (world.base / "active/1").unlink()
        await desk.press("D")
        progress = await desk.dialog(Progress)
        await desk.until(lambda: progress.is_over, seconds=50)
        await desk.sees("m mend it")
        await desk.press("m")
        await desk.sees("Mending what can be mended")
        mending = await desk.dialog(Progress)
        await desk.until(lambda: mending.is_over, seconds=50)
        assert not [line for line in mending.lines if line.startswith("✖")]
