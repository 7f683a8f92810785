"""One-key set-up: a place, a plan in commands, the actions, the round trip, and a schedule.sh."""

from __future__ import annotations

import threading
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from gitbatch_tui.core.setup import plan as setup
from gitbatch_tui.ui.dialogs.choose import Choose
from gitbatch_tui.ui.dialogs.confirm import Confirm
from gitbatch_tui.ui.dialogs.progress import ProgressDialog
from gitbatch_tui.ui.dialogs.setup import SetupDialog
from gitbatch_tui.ui.dialogs.submit import SubmitDialog
from tests.support.batches import PROJECT, new_world
from tests.support.worlds import World
from tests.ui.driver import AppDriver, async_test, run_app

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


async def set_up(driver: AppDriver) -> ProgressDialog:
    """Press the keys that make a batch remote on this machine."""
    await driver.press("a")
    await driver.dialog(SetupDialog)
    await driver.press("enter")
    await driver.dialog(Confirm)
    await driver.press("enter")
    progress = await driver.dialog(ProgressDialog)
    await driver.until(lambda: progress.is_over, "the doctor's verdict", seconds=50)
    return progress


@async_test
async def test_places_are_offered_and_nothing_need_be_typed(world: World) -> None:
    config = Path.home() / ".config/gitbatch-tui/config.toml"
    config.parent.mkdir(parents=True)
    config.write_text(CONFIG)
    (Path.home() / ".ssh").mkdir()
    (Path.home() / ".ssh/config").write_text(SSH_CONFIG)
    (Path.home() / ".ssh/more").write_text("host=inner\n")
    async with run_app(world.clone) as driver:
        await driver.press("a")
        dialog = await driver.dialog(SetupDialog)
        assert [(place.name, place.location) for place in dialog.places] == [
            ("batch", "~/.batch/clone"),
            ("sdil", "me@login.sdil.kit.edu:~/.batch/clone"),
            ("gpu1", "gpu1:~/.batch/clone"),
            ("gpu2", "gpu2:~/.batch/clone"),
            ("inner", "inner:~/.batch/clone"),
        ]
        await driver.press("down")
        assert dialog.name_line.value == "sdil"
        await driver.press("escape")
        await driver.back_on_main()


@async_test
async def test_one_key_and_three_enters_make_a_batch_remote_that_works(world: World) -> None:
    world.commit(PROJECT)
    async with run_app(world.clone) as driver:
        await driver.press("a")
        await driver.dialog(SetupDialog)
        await driver.press("enter")
        await driver.dialog(Confirm)
        await driver.sees("make the batch remote ~/.batch/clone on local")
        await driver.sees("$ git remote add batch")
        assert not (Path.home() / ".batch").exists()
        await driver.press("enter")
        progress = await driver.dialog(ProgressDialog)
        await driver.until(lambda: progress.is_over, "the doctor's verdict", seconds=50)
        await driver.sees("round trip")
        assert "✖" not in driver.text
        await driver.press("escape")
        await driver.back_on_main()
        await driver.until(lambda: "batch" in driver.app.live.state.views)
        await driver.press("s", "enter")
        await driver.until(
            lambda: any(run.branch == "master" for run in driver.app.live.state.runs())
        )


@async_test
async def test_without_schedule_sh_one_is_written_edited_and_committed(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.commit({"README": "nothing yet\n"})
    async with run_app(world.clone) as driver:
        monkeypatch.setattr(driver.app, "suspend", nullcontext)
        await set_up(driver)
        await driver.press("enter")
        await driver.dialog(Choose)
        await driver.sees("write one for local")
        await driver.press("enter")
        await driver.dialog(Confirm)
        await driver.sees("git add --chmod=+x schedule.sh run.sh")
        await driver.press("enter")
        await driver.dialog(SubmitDialog)
        await driver.sees("Submit master to batch")
    assert world.git("log", "-1", "--format=%s") == "Run as a batch job"
    assert world.git("status", "--porcelain") == ""


@async_test
async def test_a_project_without_commits_goes_into_the_first_one_as_far_as_it_is_no_data(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = {
        "train.py": "from net.layers import rate\nopen('rate.txt', 'w').write(rate)\n",
        "net/layers.py": "rate = '3'\n",
        "data/large.csv": "1,2\n",
        ".env": "TOKEN=secret\n",
        "huge.bin": "x" * 1_000_001,
    }
    for name, text in files.items():
        (world.clone / name).parent.mkdir(exist_ok=True)
        (world.clone / name).write_text(text)
    async with run_app(world.clone) as driver:
        monkeypatch.setattr(driver.app, "suspend", nullcontext)
        await set_up(driver)
        await driver.press("enter")
        await driver.dialog(Choose)
        await driver.press("enter")
        await driver.dialog(Confirm)
        await driver.sees("Commit schedule.sh run.sh and 3 other files?")
        await driver.sees("$ git add -- .gitignore train.py net/layers.py")
        await driver.press("enter")
        await driver.dialog(SubmitDialog)
        await driver.press("enter")
        await driver.knows(1, "succeeded")
    listed = world.git("ls-tree", "-r", "--name-only", "HEAD").split("\n")
    assert listed == [".gitignore", "net/layers.py", "run.sh", "schedule.sh", "train.py"]


@async_test
async def test_s_submits_from_where_the_set_up_says_so(world: World) -> None:
    world.commit(PROJECT)
    async with run_app(world.clone) as driver:
        await set_up(driver)
        await driver.sees("press s to submit a branch")
        await driver.press("s")
        await driver.dialog(SubmitDialog)
        await driver.press("enter")
        await driver.knows(1, "succeeded")


@async_test
async def test_where_there_is_no_commit_s_begins_with_a_schedule_sh(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = new_world(tmp_path)
    empty = tmp_path / "empty"
    empty.mkdir()
    for words in ("init -q -b main", f"remote add batch {world.repo}",
                  f"config remote.batch.gitbatch {world.base}"):  # fmt: skip
        assert world.call("git", *words.split(), at=empty).status == 0
    monkeypatch.setenv("EDITOR", "true")
    async with run_app(empty) as driver:
        monkeypatch.setattr(driver.app, "suspend", nullcontext)
        await driver.press("s")
        await driver.dialog(Choose)
        await driver.press("enter")
        await driver.dialog(Confirm)
        await driver.press("enter")
        await driver.dialog(SubmitDialog)
        await driver.sees("Submit main to batch")


@async_test
async def test_a_place_that_is_none_is_said(world: World) -> None:
    async with run_app(world.clone) as driver:
        await driver.press("a")
        dialog = await driver.dialog(SetupDialog)
        dialog.location_line.value = "-oProxyCommand=x:y"
        await driver.press("enter")
        await driver.sees("can't start with a dash")


@async_test
async def test_an_older_hook_is_upgraded(tmp_path: Path) -> None:
    world = new_world(tmp_path)
    helper = world.repo / "gitbatch/gitbatch"
    helper.write_text(helper.read_text() + "# older\n")
    async with run_app(world.clone) as driver:
        await driver.press("1", "u")
        await driver.dialog(Choose)
        await driver.press("enter")
        await driver.dialog(Confirm)
        await driver.sees("gitbatch differs from ours and is replaced")
        await driver.press("enter")
        progress = await driver.dialog(ProgressDialog)
        await driver.until(lambda: progress.is_over, seconds=50)
    assert "# older" not in helper.read_text()


@async_test
async def test_a_hook_of_somebody_elses_is_moved_aside_only_when_agreed_to(tmp_path: Path) -> None:
    world = new_world(tmp_path)
    hook = world.repo / "hooks/post-receive"
    hook.write_text("#!/bin/sh\necho mine\n")
    async with run_app(world.clone) as driver:
        await driver.press("1", "u")
        await driver.dialog(Choose)
        await driver.press("enter")
        await driver.dialog(Confirm)
        await driver.sees("There is a post-receive hook of somebody else's")
        await driver.press("y")
        await driver.sees("--replace-hook")
        assert "mine" in hook.read_text()
        await driver.press("y")
        progress = await driver.dialog(ProgressDialog)
        await driver.until(lambda: progress.is_over, seconds=50)
    assert "mine" not in hook.read_text()
    kept = [file for file in hook.parent.iterdir() if "echo mine" in file.read_text()]
    assert len(kept) == 1


@async_test
async def test_a_set_up_that_is_stopped_says_how_far_it_came(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.commit(PROJECT)
    may_go_on = threading.Event()
    do = setup.apply

    def slowly(
        plan: setup.SetupPlan, on_step: Callable[[setup.Step, str], None], stop: Cancellation
    ) -> None:
        def then(step: setup.Step, said: str) -> None:
            on_step(step, said)
            may_go_on.wait(20)

        do(plan, then, stop)

    monkeypatch.setattr(setup, "apply", slowly)
    async with run_app(world.clone) as driver:
        await driver.press("a")
        await driver.dialog(SetupDialog)
        await driver.press("enter")
        await driver.dialog(Confirm)
        await driver.press("enter")
        progress = await driver.dialog(ProgressDialog)
        await driver.until(lambda: progress.lines)
        await driver.press("escape")
        may_go_on.set()
        await driver.says("Setting up was stopped: 1 of 3 steps are done.")
        await driver.back_on_main()
    assert world.git("remote") == ""


@async_test
async def test_a_remote_is_forgotten_here_and_stays_there(tmp_path: Path) -> None:
    world = new_world(tmp_path)
    async with run_app(world.clone) as driver:
        await driver.press("1", "u")
        await driver.dialog(Choose)
        await driver.press("down", "enter")
        await driver.dialog(Confirm)
        await driver.press("y")
        await driver.says("batch was removed from this clone")
        await driver.until(lambda: not driver.app.live.state.remotes)
    assert world.git("remote") == ""
    assert world.repo.exists()


@async_test
async def test_removing_it_there_shows_what_would_be_lost(tmp_path: Path) -> None:
    world = new_world(tmp_path)
    world.push()
    world.settled(1)
    async with run_app(world.clone) as driver:
        await driver.press("1", "u")
        await driver.dialog(Choose)
        await driver.press("down", "down", "enter")
        await driver.dialog(Confirm)
        await driver.sees("The results of 1 run are in no branch here")
        await driver.sees("lost for good")
        await driver.press("enter")
        await driver.says("This can't be undone: y does it")
        assert world.base.exists()
        await driver.press("y")
        await driver.says("is gone")
    assert not world.base.exists()
