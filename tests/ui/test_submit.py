"""Submitting a branch: what it will do is said, what there is to decide is asked, and it runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from gitbatch_tui.ui.dialogs.choose import ChoiceList
from gitbatch_tui.ui.dialogs.progress import ProgressDialog
from gitbatch_tui.ui.dialogs.submit import SubmitDialog
from tests.support.batches import PROJECT, new_world
from tests.support.worlds import JOB_AT_ONCE, JOB_OF_ITS_OWN, World
from tests.ui.driver import AppDriver, async_test, run_app

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def world(tmp_path: Path) -> World:
    return new_world(tmp_path)


async def looked(driver: AppDriver) -> SubmitDialog:
    dialog = await driver.dialog(SubmitDialog)
    await driver.until(lambda: dialog.situation, "both sides looked at")
    return dialog


@async_test
async def test_a_submit_says_what_goes_where_and_lands_on_the_run(world: World) -> None:
    commit = world.git("rev-parse", "HEAD")
    async with run_app(world.clone) as driver:
        await driver.press("s")
        dialog = await looked(driver)
        assert dialog.heading == "Submit master to batch"
        await driver.sees(f"{commit[:7]} a change")
        await driver.sees("batch has no branch master yet.")
        await driver.press("enter")
        await driver.knows(1, "succeeded")
        await driver.back_on_main()
        selected = driver.app.main.runs.run
        assert selected
        assert selected.commit == commit


@async_test
async def test_enter_before_both_sides_were_looked_at_submits_then(world: World) -> None:
    async with run_app(world.clone) as driver:
        await driver.press("s", "enter")
        await driver.knows(1, "succeeded")


@async_test
async def test_what_the_hook_says_is_shown_while_it_says_it(world: World) -> None:
    talk = "#!/bin/sh\nprintf 'one \\033[31mred\\n'\nwhile ! test -e ../go; do sleep 0.1; done\n"
    world.commit({"schedule.sh": talk})
    async with run_app(world.clone) as driver:
        await driver.press("s", "enter")
        await driver.dialog(ProgressDialog)
        await driver.sees("one <ESC>[31mred")
        (world.run(1) / "go").touch()
        await driver.until(lambda: driver.run(1))
        await driver.back_on_main()


@async_test
async def test_changes_are_a_choice_in_words(world: World) -> None:
    (world.clone / "run.sh").write_text("#!/bin/sh\necho changed\n")
    async with run_app(world.clone) as driver:
        await driver.press("s")
        await looked(driver)
        await driver.sees("A file is not committed: run.sh.")
        await driver.sees("commit first, and submit again")
        await driver.press("enter")
        await driver.says("Nothing was submitted: commit first")
        assert not (world.base / "runs/1").exists()
        await driver.press("s")
        await looked(driver)
        await driver.press("down", "enter")
        await driver.knows(1, "succeeded")


@async_test
async def test_a_snapshot_takes_the_files_as_they_are(world: World) -> None:
    (world.clone / "run.sh").write_text("#!/bin/sh\necho changed >result\n")
    (world.clone / ".env").write_text("secret")
    async with run_app(world.clone) as driver:
        await driver.press("s")
        await looked(driver)
        await driver.sees("Not in git, so they stay here: .env.")
        await driver.press("up", "enter")
        await driver.knows(1, "succeeded")
        await driver.says("look like keys or passwords: .env")
        run = driver.run(1)
        assert run
        assert run.branch == "master-snapshot"
    assert world.git("status", "--porcelain") == " M run.sh\n?? .env"


@async_test
async def test_a_tree_that_ran_is_pulled_or_run_again(world: World) -> None:
    world.push()
    world.settled(1)
    async with run_app(world.clone) as driver:
        await driver.press("s")
        await looked(driver)
        await driver.sees("batch#1 ran exactly this tree, and succeeded.")
        await driver.sees("pull it")
        assert "gitbatch-tui" not in driver.text
        await driver.press("down", "enter")
        await driver.knows(2, "succeeded")


@async_test
async def test_one_way_to_go_on_is_a_confirmation_and_no_menu(world: World) -> None:
    world.push()
    world.settled(1)
    world.git("pull", "-q", "batch", "master")
    async with run_app(world.clone) as driver:
        await driver.press("s")
        dialog = await looked(driver)
        await driver.sees("Nothing is new: this is the result of batch#1.")
        await driver.sees("Press enter to run it again.")
        assert not dialog.query_one(ChoiceList).display
        assert driver.run(2) is None
        await driver.press("enter")
        await driver.knows(2, "succeeded")


@async_test
async def test_results_that_wait_are_pulled_in_or_left(world: World) -> None:
    world.push()
    world.settled(1)
    world.commit({"more": "1"})
    async with run_app(world.clone) as driver:
        await driver.press("s")
        await looked(driver)
        await driver.sees("master on batch has results of batch#1 that yours doesn't have")
        await driver.press("enter")
        await driver.knows(2, "succeeded")
        await driver.says("master has the results now.")
    assert (world.clone / "result").exists()


@async_test
async def test_parameters_are_remembered_from_the_branchs_last_run(world: World) -> None:
    world.push(options=["lr=0.1", "name=a b"])
    world.settled(1)
    world.git("pull", "-q", "batch", "master")
    world.commit({"more": "1"})
    async with run_app(world.clone) as driver:
        await driver.knows(1, "succeeded")
        await driver.press("s")
        dialog = await looked(driver)
        await driver.sees("Parameters, as of batch#1")
        assert dialog.parameters.options == ("lr=0.1", "name=a b")
        await driver.press("tab", "end", "5", "enter")
        await driver.knows(2, "succeeded")
        run = driver.run(2)
        assert run
        assert run.options == ("lr=0.15", "name=a b")


@async_test
async def test_a_parameter_that_no_job_could_get_is_said_at_once(world: World) -> None:
    async with run_app(world.clone) as driver:
        await driver.press("s")
        await looked(driver)
        await driver.press("tab")
        await driver.write("l-r=1")
        await driver.sees("l-r=1 isn't NAME=VALUE")
        await driver.press("enter")
        assert isinstance(driver.app.screen, SubmitDialog)
    assert not list((world.base / "runs").iterdir())


@async_test
async def test_other_parameters_make_a_repetition_a_new_experiment(world: World) -> None:
    world.push()
    world.settled(1)
    async with run_app(world.clone) as driver:
        await driver.press("s")
        dialog = await looked(driver)
        assert dialog.question is not None
        await driver.press("tab")
        await driver.write("lr=1")
        assert dialog.question is None
        await driver.press("enter")
        await driver.knows(2, "succeeded")


@async_test
async def test_esc_stops_a_push_and_says_what_was_done(world: World) -> None:
    slow = "echo at it\nwhile ! test -e ../go; do sleep 0.1; done\n"
    world.commit({"schedule.sh": JOB_AT_ONCE.replace("exec", f"{slow}exec")})
    async with run_app(world.clone) as driver:
        await driver.press("s", "enter")
        await driver.dialog(ProgressDialog)
        await driver.sees("at it")
        await driver.press("escape")
        await driver.says("The push had arrived: batch#1 runs.")
        await driver.back_on_main()
        (world.run(1) / "go").touch()
        world.settled(1)


@async_test
async def test_a_rejected_run_stays_to_be_read(world: World) -> None:
    world.commit({"schedule.sh": "#!/bin/sh\necho no licence\nexit 3\n"})
    async with run_app(world.clone) as driver:
        await driver.press("s", "enter")
        await driver.knows(1, "rejected")
        await driver.sees("Rejected: schedule.sh failed")
        await driver.sees("no licence")
        await driver.press("escape")
        await driver.back_on_main()


@async_test
async def test_parameters_that_were_rejected_are_not_proposed_again(world: World) -> None:
    world.push(options=["lr=0.1"])
    world.settled(1)
    world.git("pull", "-q", "batch", "master")
    world.commit({"schedule.sh": "#!/bin/sh\nexit 3\n"})
    assert world.push(options=["lr=oops"]).receipts[0].state == "rejected"
    world.commit(PROJECT)
    async with run_app(world.clone) as driver:
        await driver.knows(2, "rejected")
        await driver.press("s")
        dialog = await looked(driver)
        await driver.sees("Parameters, as of batch#1")
        assert dialog.parameters.options == ("lr=0.1",)


@async_test
async def test_the_branch_under_the_cursor_is_submitted(world: World) -> None:
    world.commit(PROJECT, branch="other")
    world.git("switch", "-q", "master")
    async with run_app(world.clone) as driver:
        await driver.press("2", "j", "s")
        assert (await looked(driver)).heading == "Submit other to batch"
        await driver.press("enter")
        await driver.knows(1, "succeeded")
    assert world.settled(1)["branch"] == "other"


@async_test
async def test_a_running_job_is_followed_from_its_first_line(world: World) -> None:
    world.commit({"schedule.sh": JOB_OF_ITS_OWN, "run.sh": "#!/bin/sh\necho hello there\n"})
    async with run_app(world.clone) as driver:
        await driver.press("s", "enter")
        await driver.knows(1, "succeeded")
        await driver.sees("hello there")
