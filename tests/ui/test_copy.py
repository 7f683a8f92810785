"""Copying ids, commits and commands; holding, and shells in run trees."""

from __future__ import annotations

from contextlib import nullcontext
from typing import TYPE_CHECKING

from gitbatch_tui.ui.dialogs.choose import Choose
from tests.ui.desk import played, seated

if TYPE_CHECKING:
    import pytest

    from tests.lab import Lab


@played
async def test_a_menu_offers_what_can_be_copied(lab: Lab) -> None:
    number = lab.finish("echo 1 >result")
    async with seated(lab.world.clone) as desk:
        run = await desk.knows(number, "succeeded")
        expected = {
            0: f"batch#{number}",
            1: run.commit,
            2: run.result,
            3: f"git fetch batch {run.result}",
            4: f"gitbatch-tui show 'batch#{number}'",
        }
        for index, text in expected.items():
            await desk.press("y")
            await desk.dialog(Choose)
            await desk.press(*["j"] * index, "enter")
            await desk.back_on_main()
            assert desk.app.clipboard == text
            await desk.says(f"Copied: {text}")


@played
async def test_in_branches_the_branch_comes_first(lab: Lab) -> None:
    lab.finish("true")
    async with seated(lab.world.clone) as desk:
        await desk.press("2", "y", "enter")
        assert desk.app.clipboard == "master"


@played
async def test_h_says_why_it_cannot_hold(lab: Lab) -> None:
    lab.begin("sleep 30")
    lab.begin("sleep 30")
    number = lab.begin("sleep 30")
    async with seated(lab.world.clone) as desk:
        await desk.knows(number, "queued")
        await desk.press("h")
        await desk.says("There is no way to hold jobs of local: cancel the run instead.")


@played
async def test_a_shell_opens_in_the_run_tree(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    number = lab.finish("echo 1 >result")
    opened: list[list[str]] = []
    monkeypatch.setattr(
        "gitbatch_tui.core.hosts.terminal.run_here", lambda argv, _journal: opened.append(argv)
    )
    async with seated(lab.world.clone) as desk:
        monkeypatch.setattr(desk.app, "suspend", nullcontext)
        await desk.knows(number, "succeeded")
        await desk.press("exclamation_mark")
        await desk.until(lambda: opened)
    assert opened[0][-1] == str(number)


@played
async def test_a_terminal_that_cannot_be_given_away_is_said(lab: Lab) -> None:
    number = lab.finish("true")
    async with seated(lab.world.clone) as desk:
        await desk.knows(number, "succeeded")
        await desk.press("exclamation_mark")
        await desk.says("This terminal can't be given to another program.")
