"""Sweeps by keys: planned in a dialog, started in one go, one row, and what failed once more."""

from __future__ import annotations

import asyncio
import os
from typing import TYPE_CHECKING

import pytest

from gitbatch_tui.ui.dialogs import start_runs
from gitbatch_tui.ui.dialogs.choose import Choose
from gitbatch_tui.ui.dialogs.confirm import Confirm
from gitbatch_tui.ui.dialogs.parameters import LineInput
from gitbatch_tui.ui.dialogs.progress import ProgressDialog
from gitbatch_tui.ui.dialogs.rerun import RerunDialog
from gitbatch_tui.ui.dialogs.submit import SubmitDialog
from tests.support.batches import new_world
from tests.support.paint import Screen
from tests.support.terminal import LEAVES, OURS
from tests.support.worlds import JOB_OF_ITS_OWN
from tests.ui.driver import AppDriver, async_test, run_app

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.worlds import World

PICKY = '#!/bin/sh\ntest ! -e "$PICKY" || test "$GITBATCH_OPTION_lr" != 3\n'
"""Fails with lr=3 as long as there is a file."""

BACKSPACE, CTRL_U, LEFT = "\x7f", "\x15", "\x1b[D"
PASTE = "\x1b[200~{}\x1b[201~"
"""How a terminal sends what is pasted."""


@pytest.fixture
def world(tmp_path: Path) -> World:
    return new_world(tmp_path)


async def looked(driver: AppDriver) -> SubmitDialog:
    dialog = await driver.dialog(SubmitDialog)
    await driver.until(lambda: dialog.situation, "both sides looked at")
    return dialog


async def write_doubtful(driver: AppDriver, parameter: str) -> None:
    """Write a parameter of which it is asked what is meant."""
    await driver.press("tab")
    await driver.write(parameter)
    await driver.press("enter")
    await driver.dialog(Choose)


async def write_sweep(driver: AppDriver, *lines: str) -> None:
    """Write into the lines below those of the parameters."""
    dialog = driver.app.screen
    assert isinstance(dialog, SubmitDialog | RerunDialog)
    dialog.sweep.enter()
    for line in lines:
        await driver.write(line)
        await driver.press("down")


def options(driver: AppDriver) -> list[tuple[str, ...]]:
    return [run.options for run in reversed(driver.app.live.state.runs())]


@async_test
async def test_a_sweep_is_planned_in_the_dialog_and_is_one_row(world: World) -> None:
    async with run_app(world.clone) as driver:
        await driver.press("s")
        await looked(driver)
        await write_sweep(driver, "lr=0.1,0.3", "seed=1..2")
        await driver.sees(f"4 runs of master {world.git('rev-parse', 'HEAD')[:7]}: lr x seed")
        await driver.press("enter")
        for number in (1, 2, 3, 4):
            await driver.knows(number, "succeeded")
        await driver.says("4 runs have begun.")
        await driver.back_on_main()
        await driver.until(lambda: driver.app.main.runs.group)
        await driver.sees("▸ sweep:1")
        await driver.sees("✔4")
        assert options(driver) == [
            ("lr=0.1", "seed=1"),
            ("lr=0.1", "seed=2"),
            ("lr=0.3", "seed=1"),
            ("lr=0.3", "seed=2"),
        ]


@async_test
async def test_enter_at_the_word_that_runs_have_begun_opens_their_row(world: World) -> None:
    async with run_app(world.clone) as driver:
        told = asyncio.Event()
        tell = driver.app.tell

        def notice(text: str, title: str = "") -> None:
            tell(text, title)
            if "have begun" in text:
                told.set()

        driver.app.tell = notice  # type: ignore[method-assign, assignment]  # to hear it
        await driver.press("s")
        await looked(driver)
        await write_sweep(driver, "lr=0.1,0.3")
        await driver.press("enter")
        await told.wait()
        await driver.press("enter")
        await driver.sees("▾ sweep:1")


@async_test
async def test_the_plan_on_top_names_the_commit_that_runs(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    headings: list[str] = []
    heard: list[str] = []
    monkeypatch.setattr(
        ProgressDialog, "show_heading", lambda dialog: headings.append(dialog.heading)
    )
    monkeypatch.setattr(ProgressDialog, "hear", lambda _, line: heard.append(line))
    (world.clone / "run.sh").write_text("#!/bin/sh\necho changed >result\n")
    async with run_app(world.clone) as driver:
        await driver.press("s")
        dialog = await looked(driver)
        await write_sweep(driver, "lr=0.1,0.3")
        dialog._ways.focus()
        await driver.press("up", "enter")
        run = await driver.knows(2, "succeeded")
    assert run.branch == "master-snapshot"
    assert headings == [f"2 runs of {run.branch} {run.commit[:7]}: lr"]
    assert heard[-1] == "Started 2 of 2 runs"
    assert not any("no run" in line for line in heard)


@async_test
async def test_the_plan_of_a_result_names_the_commit_that_it_was_made_from(world: World) -> None:
    made_from = world.git("rev-parse", "HEAD")
    world.push()
    world.settled(1)
    world.git("pull", "-q", "batch", "master")
    async with run_app(world.clone) as driver:
        await driver.knows(1, "succeeded")
        await driver.press("s")
        await looked(driver)
        await write_sweep(driver, "lr=0.1,0.3")
        await driver.sees(f"2 runs of master {made_from[:7]}: lr")


def test_what_is_typed_in_one_breath_goes_where_down_went(world: World) -> None:
    screen = Screen(OURS, world.clone)
    try:
        screen.until("press s to submit")
        screen.type(b"s")
        screen.until("has no branch master yet")
        screen.type(b"\t\tlr=0.1,0.3\x1b[Bseed=1,2\x1b[Bat most 1")
        screen.until("4 runs of master", "lr x seed, 1 at a time under local")
    finally:
        screen.close()


@async_test
async def test_the_same_sweep_once_more_is_asked_about(world: World) -> None:
    async with run_app(world.clone) as driver:
        for answer, runs in (("", 2), ("n", 2), ("y", 4)):
            await driver.press("s")
            await looked(driver)
            await write_sweep(driver, "lr=1,2")
            await driver.press("enter")
            if answer:
                assert (await driver.dialog(Confirm)).heading == "Run sweep:1 once more?"
                await driver.press(answer)
            await driver.back_on_main()
            await driver.until(lambda: len(driver.app.live.state.runs()) == runs)  # noqa: B023  # it is awaited
            for number in range(1, runs + 1):
                await driver.knows(number, "succeeded")


@async_test
async def test_a_file_says_the_rows_and_what_is_wrong_is_said_at_once(world: World) -> None:
    (world.clone / "rows.csv").write_text("lr,seed\n0.1,7\n0.3,8\n")
    (world.clone / "bad.csv").write_text("lr,seed\n0.1,7,9\n")
    async with run_app(world.clone) as driver:
        await driver.press("s")
        await looked(driver)
        await write_sweep(driver, "bad.csv")
        await driver.sees("bad.csv, line 2: 2 values were expected (lr, seed), not 3.")
        await driver.press("enter")
        assert isinstance(driver.app.screen, SubmitDialog)
        await driver.press("up", *["backspace"] * 7)
        await driver.write("rows.csv")
        await driver.sees("2 runs of master")
        await driver.press("enter")
        await driver.knows(1, "succeeded")
        await driver.knows(2, "succeeded")
        assert options(driver) == [("lr=0.1", "seed=7"), ("lr=0.3", "seed=8")]


@pytest.mark.parametrize(
    ("keys", "wanted"),
    [
        ([], [("lr=0.1", "epochs=4")]),
        (["down"], [("lr=0.1 epochs=4",)]),
    ],
    ids=["two", "one"],
)
def test_two_parameters_in_one_line_are_asked_about(
    world: World, keys: list[str], wanted: list[tuple[str, ...]]
) -> None:
    @async_test
    async def scenario() -> None:
        async with run_app(world.clone) as driver:
            await driver.press("s")
            await looked(driver)
            await write_doubtful(driver, "lr=0.1 epochs=4")
            await driver.sees("2 parameters: lr=0.1 and epochs=4")
            await driver.press(*keys, "enter")
            await driver.knows(1, "succeeded")
            assert options(driver) == wanted

    scenario()


@async_test
async def test_a_pipe_in_place_of_a_file_is_said_and_not_waited_for(world: World) -> None:
    os.mkfifo(world.clone / "rows")
    async with run_app(world.clone) as driver:
        await driver.press("s")
        await looked(driver)
        await write_sweep(driver, "rows")
        await driver.sees("regular")  # a long path may break the line anywhere


@async_test
async def test_a_plan_that_takes_long_waits_for_a_pause_or_enter(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(start_runs, "QUICK", 0)
    async with run_app(world.clone) as driver:
        await driver.press("s")
        await looked(driver)
        await write_sweep(driver, "lr=1,2")
        await driver.sees("2 runs of master")
        monkeypatch.setattr(start_runs, "PAUSE", 1000)
        await driver.press("up")
        await driver.press("end")
        await driver.write(",3")
        assert "2 runs of master" in driver.text
        await driver.press("enter")
        await driver.knows(3, "succeeded")
        assert options(driver) == [("lr=1",), ("lr=2",), ("lr=3",)]


@async_test
async def test_two_parameters_in_one_line_of_a_sweep_are_asked_about(world: World) -> None:
    async with run_app(world.clone) as driver:
        await driver.press("s")
        await looked(driver)
        await write_sweep(driver, "lr=1,2 epochs=4")
        await driver.press("enter")
        await driver.dialog(Choose)
        await driver.sees("2 parameters: lr=1,2 and epochs=4")
        await driver.press("enter")
        await driver.knows(2, "succeeded")
        assert options(driver) == [("lr=1", "epochs=4"), ("lr=2", "epochs=4")]


@async_test
async def test_a_plan_of_more_runs_than_was_said_is_read_before_they_begin(world: World) -> None:
    async with run_app(world.clone) as driver:
        await driver.press("s")
        dialog = await looked(driver)
        await write_sweep(driver, "depth=2,4 fold=1..3")
        await driver.sees("2 runs of master")
        await driver.press("enter")
        await driver.dialog(Choose)
        await driver.press("enter")
        await driver.sees("6 runs of master")
        assert driver.app.screen is dialog
        assert options(driver) == []
        await driver.press("enter")
        await driver.knows(6, "succeeded")
        assert options(driver)[0] == ("depth=2", "fold=1")


@async_test
async def test_tab_goes_from_parameters_to_the_sweep_and_back_past_their_lines(
    world: World,
) -> None:
    async with run_app(world.clone) as driver:
        await driver.press("s")
        dialog = await looked(driver)
        await driver.press("tab")
        for line in ("depth=2", "fold=1", "data=v2"):
            await driver.write(line)
            await driver.press("down")
        await driver.press("tab")
        assert dialog.sweep.has_focus_within
        await driver.write("rate=1,2")
        await driver.press("down", "shift+tab")
        assert dialog.parameters.has_focus_within
        assert dialog.sweep.lines == ("rate=1,2",)
        assert dialog.parameters.lines == ("depth=2", "fold=1", "data=v2")


@async_test
async def test_keys_that_come_in_one_go_act_in_their_order(world: World) -> None:
    async with run_app(world.clone) as driver:
        await driver.press("s")
        dialog = await looked(driver)
        await driver.press("tab")
        await driver.write(f"lr=0.21{BACKSPACE * 2}1")
        assert dialog.parameters.lines == ("lr=0.1",)
        await driver.write(f"{CTRL_U}depth=2{LEFT}1")
        assert dialog.parameters.lines == ("depth=12",)


@async_test
async def test_lines_that_are_pasted_together_are_a_line_each(world: World) -> None:
    async with run_app(world.clone) as driver:
        await driver.press("s")
        dialog = await looked(driver)
        await driver.press("tab")
        await driver.write(PASTE.format("depth=2\r\n\r\nfold=1\ndata=v2\n"))
        await driver.until(lambda: dialog.parameters.lines == ("depth=2", "fold=1", "data=v2"))
        await driver.press("tab")
        await driver.write(PASTE.format("lr=1,2\nseed=1..3"))
        await driver.sees("6 runs of master")


@async_test
async def test_many_pasted_lines_are_looked_at_together(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    plans: list[object] = []

    def plan(*arguments: object) -> None:
        plans.append(arguments)

    pasted = tuple(f"p{number}={number}" for number in range(50))
    async with run_app(world.clone) as driver:
        await driver.press("s")
        dialog = await looked(driver)
        await driver.press("tab")
        monkeypatch.setattr(start_runs, "plan_of_lines", plan)
        await driver.write(PASTE.format("\n".join(pasted)))
        await driver.until(lambda: dialog.parameters.lines == pasted)
        await driver.until(lambda: plans)
        assert len(plans) < 5
        assert dialog.query(LineInput)[len(pasted)].value == "", "there is room for one more"


@async_test
async def test_a_paste_that_cant_be_meant_is_refused(world: World) -> None:
    async with run_app(world.clone) as driver:
        await driver.press("s")
        dialog = await looked(driver)
        await driver.press("tab")
        await driver.write(PASTE.format("word word\n" * 500))
        await driver.says("500 lines were pasted, which can't be meant: 100 at most.")
        assert dialog.parameters.lines == ()


@pytest.mark.parametrize("keys", [["enter"], ["down", "enter"]], ids=["two", "one"])
def test_two_parameters_in_a_cell_are_asked_about(world: World, keys: list[str]) -> None:
    (world.clone / "rows.csv").write_text("lr\n0.3\n0.1 epochs=4\n")

    @async_test
    async def scenario() -> None:
        async with run_app(world.clone) as driver:
            await driver.press("s")
            dialog = await looked(driver)
            await write_sweep(driver, "rows.csv")
            await driver.press("enter")
            await driver.dialog(Choose)
            await driver.sees("one parameter, lr, with the value 0.1 epochs=4")
            await driver.press(*keys)
            if len(keys) == 1:
                await driver.until(lambda: driver.app.screen is dialog)
                assert options(driver) == []
                return
            await driver.knows(2, "succeeded")
            assert options(driver) == [("lr=0.3",), ("lr=0.1 epochs=4",)]

    scenario()


@async_test
async def test_numbers_with_commas_may_be_a_sweep_or_a_value(world: World) -> None:
    async with run_app(world.clone) as driver:
        await driver.press("s")
        await looked(driver)
        await write_doubtful(driver, "lr=1,2")
        await driver.sees("a sweep: 2 runs, each with one value of lr")
        await driver.press("enter")
        await driver.knows(2, "succeeded")
        assert options(driver) == [("lr=1",), ("lr=2",)]


@async_test
async def test_very_many_runs_are_asked_about(world: World) -> None:
    async with run_app(world.clone) as driver:
        await driver.press("s")
        await looked(driver)
        await write_sweep(driver, "seed=1..2000")
        await driver.press("enter")
        assert (await driver.dialog(Confirm)).heading == "Submit 2,000 runs?"
        await driver.press("n")
        await driver.back_on_main()
    assert not list((world.base / "runs").glob("[0-9]*"))


@async_test
async def test_x_sweeps_the_commit_of_a_run(world: World) -> None:
    world.push(options=["lr=0.1", "data=v2"])
    world.settled(1)
    async with run_app(world.clone) as driver:
        await driver.knows(1, "succeeded")
        await driver.press("x")
        await driver.dialog(RerunDialog)
        await write_sweep(driver, "lr=1,2")
        await driver.sees("2 runs of master")
        await driver.press("enter")
        await driver.knows(3, "succeeded")
        assert options(driver)[1:] == [("data=v2", "lr=1"), ("data=v2", "lr=2")]


@async_test
async def test_a_name_that_was_typed_though_it_stood_there_is_asked_about(world: World) -> None:
    world.push(options=["lr=0.1"])
    world.settled(1)
    async with run_app(world.clone) as driver:
        await driver.knows(1, "succeeded")
        await driver.press("x")
        await driver.dialog(RerunDialog)
        await write_doubtful(driver, "lr=0.2")
        await driver.sees("one parameter, lr, with the value lr=0.2")
        await driver.press("enter")
        await driver.knows(2, "succeeded")
        assert options(driver)[1:] == [("lr=0.2",)]


@async_test
async def test_what_failed_of_a_sweep_is_run_again_in_it_and_nothing_else(world: World) -> None:
    picky = world.root / "picky"
    picky.touch()
    job = PICKY.replace("$PICKY", str(picky))
    world.commit({"schedule.sh": JOB_OF_ITS_OWN, "run.sh": job})
    async with run_app(world.clone) as driver:
        await driver.press("s")
        await looked(driver)
        await write_sweep(driver, "lr=1..3")
        await driver.press("enter")
        await driver.knows(3, "failed")
        await driver.knows(2, "succeeded")
        await driver.until(lambda: driver.app.main.runs.group)
        picky.unlink()
        await driver.press("X")
        question = await driver.dialog(Confirm)
        assert question.heading == "Run batch#3 again?"
        await driver.sees("batch#3 (lr=3)")
        await driver.press("y")
        again = await driver.knows(4, "succeeded")
        assert (again.sweep, again.options) == (1, ("lr=3",))
        await driver.back_on_main()
        await driver.until(lambda: driver.app.main.runs.group)
        await driver.press("X")
        await driver.says("Nothing of these 4 runs has failed, or it has been run again already.")


@async_test
async def test_all_of_a_sweep_is_run_again_with_another_parameter(world: World) -> None:
    async with run_app(world.clone) as driver:
        await driver.press("s")
        await looked(driver)
        await write_sweep(driver, "lr=1,2")
        await driver.press("enter")
        await driver.knows(2, "succeeded")
        await driver.until(lambda: driver.app.main.runs.group)
        await driver.press("x")
        dialog = await driver.dialog(RerunDialog)
        assert dialog.heading == "Run 2 runs of sweep:1 again"
        assert ("tab", "parameters") in dialog.keys
        await driver.press("tab")
        await driver.write("data=v2")
        await driver.press("enter")
        await driver.knows(4, "succeeded")
        assert options(driver)[2:] == [("lr=1", "data=v2"), ("lr=2", "data=v2")]
        await driver.sees("sweep:3")


MEASURES = """#!/bin/sh
echo "{\\"loss\\": $GITBATCH_OPTION_lr, \\"accuracy\\": 0.$GITBATCH_OPTION_lr}" >metrics.json
"""


@async_test
async def test_the_best_of_a_sweep_comes_home_by_the_metric_that_is_chosen(world: World) -> None:
    world.commit({"run.sh": MEASURES})
    async with run_app(world.clone) as driver:
        await driver.press("s")
        await looked(driver)
        await write_sweep(driver, "lr=3,1,2")
        await driver.press("enter")
        await driver.knows(3, "succeeded")
        await driver.until(lambda: driver.app.main.runs.group)
        await driver.until(lambda: all(run.result for run in driver.app.live.state.runs()))
        await driver.press("ctrl+p", *"best", "enter")
        await driver.dialog(Choose)
        await driver.sees("the least loss 1: batch#2 (lr=1)")
        await driver.sees("the greatest accuracy 0.3: batch#1 (lr=3)")
        await driver.press("enter")
        await driver.says("metrics.json")
    assert '"loss": 1' in (world.clone / "metrics.json").read_text()


@async_test
async def test_p_on_a_sweep_makes_a_branch_of_each_result(world: World) -> None:
    async with run_app(world.clone) as driver:
        await driver.press("s")
        await looked(driver)
        await write_sweep(driver, "lr=1,2")
        await driver.press("enter")
        await driver.knows(2, "succeeded")
        await driver.until(lambda: driver.app.main.runs.group)
        await driver.until(lambda: all(run.result for run in driver.app.live.state.runs()))
        await driver.press("p")
        await driver.dialog(Choose)
        await driver.press("up", "enter")
        await driver.sees("The results of batch#2 are the branch batch-2.")
    assert {"batch-1", "batch-2"} <= set(world.git("branch", "--format=%(refname:short)").split())


def test_a_sweep_from_key_to_row_in_a_real_terminal(world: World) -> None:
    screen = Screen(OURS, world.clone)
    try:
        screen.until("press s to submit")
        screen.type(b"s")
        screen.until("has no branch master yet")
        screen.type(b"\t\tlr=0.1,0.3")
        screen.until("2 runs of master")
        screen.type(b"\r")
        screen.until("sweep:1", "2 runs have begun", "✔2")
        screen.type(b"\r")
        screen.until("0.3")
        screen.type(b"q")
        screen.until(LEAVES.decode())
        assert screen.process.wait(10) == 0
    finally:
        screen.close()
    assert [world.facts(n, "request")["option"] for n in (1, 2)] == ["lr=0.1", "lr=0.3"]
