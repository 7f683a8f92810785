"""The doctor's lines appear one by one, and stay."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gitbatch_tui.ui.dialogs.progress import Progress
from tests.core.batches import new_world
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
        assert not [run for run in desk.app.board.runs() if run.branch == "master"]


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
