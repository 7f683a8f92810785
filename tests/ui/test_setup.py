"""One-key set-up: a place, a plan in commands, the deeds, the round trip, and a schedule.sh."""

from __future__ import annotations

import threading
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from gitbatch_tui.core.setup import plan as setup
from gitbatch_tui.ui.dialogs.choose import Choose
from gitbatch_tui.ui.dialogs.confirm import Confirm
from gitbatch_tui.ui.dialogs.progress import Progress
from gitbatch_tui.ui.dialogs.setup import SetupDialog
from tests.core.batches import PROJECT, new_world
from tests.hooks.world import World
from tests.ui.desk import Desk, played, seated

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from gitbatch_tui.core.base.cancellation import Cancellation

CONFIG = """
[[site]]
name = "sdil"
host = "me@login.sdil.kit.edu"
scheduler = "htcondor"
"""
SSH_CONFIG = "Host gpu1 gpu2 *.example !bad\nInclude more\n"


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    """A clone without any batch remote."""
    world = World(tmp_path / "world")
    world.clone.mkdir(parents=True)
    world.git("init", "-q")
    monkeypatch.setenv("EDITOR", "true")
    yield world
    world.call("sh", "-c", "rm -rf ~/.batch", at=tmp_path)


async def set_up(desk: Desk) -> Progress:
    """Press the keys that make a batch remote on this machine."""
    await desk.press("a")
    await desk.dialog(SetupDialog)
    await desk.press("enter")
    await desk.dialog(Confirm)
    await desk.press("enter")
    progress = await desk.dialog(Progress)
    await desk.until(lambda: progress.is_over, "the doctor's verdict", seconds=50)
    return progress


@played
async def test_places_are_offered_and_nothing_need_be_typed(world: World) -> None:
    config = Path.home() / ".config/gitbatch-tui/config.toml"
    config.parent.mkdir(parents=True)
    config.write_text(CONFIG)
    (Path.home() / ".ssh").mkdir()
    (Path.home() / ".ssh/config").write_text(SSH_CONFIG)
    (Path.home() / ".ssh/more").write_text("host=inner\n")
    async with seated(world.clone) as desk:
        await desk.press("a")
        dialog = await desk.dialog(SetupDialog)
        assert [(place.name, place.location) for place in dialog.places] == [
            ("batch", "~/.batch/clone"),
            ("sdil", "me@login.sdil.kit.edu:~/.batch/clone"),
            ("gpu1", "gpu1:~/.batch/clone"),
            ("gpu2", "gpu2:~/.batch/clone"),
            ("inner", "inner:~/.batch/clone"),
        ]
        await desk.press("down")
        assert dialog.name_line.value == "sdil"
        await desk.press("escape")
        await desk.back_on_main()


@played
async def test_one_key_and_three_enters_make_a_batch_remote_that_works(world: World) -> None:
    world.commit(PROJECT)
    async with seated(world.clone) as desk:
        await desk.press("a")
        await desk.dialog(SetupDialog)
        await desk.press("enter")
        await desk.dialog(Confirm)
        await desk.sees("make the batch remote ~/.batch/clone on local")
        await desk.sees("$ git remote add batch")
        assert not (Path.home() / ".batch").exists()
        await desk.press("enter")
        progress = await desk.dialog(Progress)
        await desk.until(lambda: progress.is_over, "the doctor's verdict", seconds=50)
        await desk.sees("round trip")
        assert "✖" not in desk.text
        await desk.press("escape")
        await desk.back_on_main()
        await desk.until(lambda: "batch" in desk.app.live.state.views)
        await desk.press("s", "enter")
        await desk.until(lambda: any(run.branch == "master" for run in desk.app.live.state.runs()))


@played
async def test_without_schedule_sh_one_is_written_edited_and_committed(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.commit({"README": "nothing yet\n"})
    async with seated(world.clone) as desk:
        monkeypatch.setattr(desk.app, "suspend", nullcontext)
        await set_up(desk)
        await desk.press("enter")
        await desk.dialog(Choose)
        await desk.sees("write one for local")
        await desk.press("enter")
        await desk.dialog(Confirm)
        await desk.sees("git add --chmod=+x schedule.sh run.sh")
        await desk.press("enter")
        await desk.says("schedule.sh is committed: press s to submit.")
    assert world.git("log", "-1", "--format=%s") == "Run as a batch job"
    assert world.git("status", "--porcelain") == ""


@played
async def test_a_place_that_is_none_is_said(world: World) -> None:
    async with seated(world.clone) as desk:
        await desk.press("a")
        dialog = await desk.dialog(SetupDialog)
        dialog.location_line.value = "-oProxyCommand=x:y"
        await desk.press("enter")
        await desk.sees("can't start with a dash")


@played
async def test_an_older_hook_is_upgraded(tmp_path: Path) -> None:
    world = new_world(tmp_path)
    helper = world.repo / "gitbatch/gitbatch"
    helper.write_text(helper.read_text() + "# older\n")
    async with seated(world.clone) as desk:
        await desk.press("1", "u")
        await desk.dialog(Choose)
        await desk.press("enter")
        await desk.dialog(Confirm)
        await desk.sees("gitbatch differs from ours and is replaced")
        await desk.press("enter")
        progress = await desk.dialog(Progress)
        await desk.until(lambda: progress.is_over, seconds=50)
    assert "# older" not in helper.read_text()


@played
async def test_a_hook_of_somebody_elses_is_moved_aside_only_when_agreed_to(tmp_path: Path) -> None:
    world = new_world(tmp_path)
    hook = world.repo / "hooks/post-receive"
    hook.write_text("#!/bin/sh\necho mine\n")
    async with seated(world.clone) as desk:
        await desk.press("1", "u")
        await desk.dialog(Choose)
        await desk.press("enter")
        await desk.dialog(Confirm)
        await desk.sees("There is a post-receive hook of somebody else's")
        await desk.press("y")
        await desk.sees("--replace-hook")
        assert "mine" in hook.read_text()
        await desk.press("y")
        progress = await desk.dialog(Progress)
        await desk.until(lambda: progress.is_over, seconds=50)
    assert "mine" not in hook.read_text()
    kept = [file for file in hook.parent.iterdir() if "echo mine" in file.read_text()]
    assert len(kept) == 1


@played
async def test_a_set_up_that_is_stopped_says_how_far_it_came(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.commit(PROJECT)
    may_go_on = threading.Event()
    do = setup.apply

    def slowly(
        plan: setup.Plan, on_step: Callable[[setup.Step, str], None], stop: Cancellation
    ) -> None:
        def then(step: setup.Step, said: str) -> None:
            on_step(step, said)
            may_go_on.wait(20)

        do(plan, then, stop)

    monkeypatch.setattr(setup, "apply", slowly)
    async with seated(world.clone) as desk:
        await desk.press("a")
        await desk.dialog(SetupDialog)
        await desk.press("enter")
        await desk.dialog(Confirm)
        await desk.press("enter")
        progress = await desk.dialog(Progress)
        await desk.until(lambda: progress.lines)
        await desk.press("escape")
        may_go_on.set()
        await desk.says("Setting up was stopped: 1 of 3 steps are done.")
        await desk.back_on_main()
    assert world.git("remote") == ""


@played
async def test_a_remote_is_forgotten_here_and_stays_there(tmp_path: Path) -> None:
    world = new_world(tmp_path)
    async with seated(world.clone) as desk:
        await desk.press("1", "u")
        await desk.dialog(Choose)
        await desk.press("down", "enter")
        await desk.dialog(Confirm)
        await desk.press("y")
        await desk.says("batch was removed from this clone")
        await desk.until(lambda: not desk.app.live.state.remotes)
    assert world.git("remote") == ""
    assert world.repo.exists()


@played
async def test_removing_it_there_shows_what_would_be_lost(tmp_path: Path) -> None:
    world = new_world(tmp_path)
    world.push()
    world.settled(1)
    async with seated(world.clone) as desk:
        await desk.press("1", "u")
        await desk.dialog(Choose)
        await desk.press("down", "down", "enter")
        await desk.dialog(Confirm)
        await desk.sees(": 1 run, ")
        await desk.sees("lost for good")
        await desk.press("y")
        await desk.says("is gone")
    assert not world.base.exists()
