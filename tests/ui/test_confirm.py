"""Stopping runs: asked first, and done to the runs that were asked about."""

from __future__ import annotations

from gitbatch_tui.ui.dialogs.confirm import Confirm
from tests.lab import Lab, lab
from tests.ui.desk import Desk, played, seated

__all__ = ["lab"]

LONG = "echo begun; sleep 60"


async def running(desk: Desk, lab: Lab) -> int:
    number = lab.begin(LONG)
    await desk.knows(number, "running")
    return number


@played
async def test_cancelling_names_the_run_and_what_it_means(lab: Lab) -> None:
    async with seated(lab.world.clone) as desk:
        number = await running(desk, lab)
        await desk.press("c")
        dialog = await desk.dialog(Confirm)
        assert dialog.heading == f"Cancel batch#{number}?"
        await desk.sees("It has been running")
        await desk.sees("no branch moves")
        await desk.press("y")
        await desk.knows(number, "cancelled")
        await desk.says(f"batch#{number} is cancelled")


@played
async def test_n_and_esc_leave_a_run_alone(lab: Lab) -> None:
    async with seated(lab.world.clone) as desk:
        number = await running(desk, lab)
        for key in ("n", "escape"):
            await desk.press("c")
            await desk.dialog(Confirm)
            await desk.press(key)
            await desk.back_on_main()
        assert lab.run(number).state.value == "running"
        await desk.press("c", "enter")
        await desk.knows(number, "cancelled")


@played
async def test_the_run_that_was_asked_about_is_cancelled_though_the_cursor_moved(
    lab: Lab,
) -> None:
    async with seated(lab.world.clone) as desk:
        first = await running(desk, lab)
        await desk.press("c")
        await desk.dialog(Confirm)
        second = await running(desk, lab)
        desk.app.main.runs.action_go(0)
        await desk.until(lambda: desk.app.main.runs.selected == desk.run(second))
        await desk.press("y")
        await desk.knows(first, "cancelled")
        assert lab.run(second).state.value == "running"
        await desk.press("c", "y")
        await desk.knows(second, "cancelled")


@played
async def test_marked_runs_are_cancelled_together(lab: Lab) -> None:
    async with seated(lab.world.clone) as desk:
        first = await running(desk, lab)
        second = await running(desk, lab)
        third = lab.begin(LONG)
        await desk.until(lambda: desk.run(third))
        desk.app.main.runs.action_go(0)
        await desk.press("space", "space", "g", "c")
        dialog = await desk.dialog(Confirm)
        assert dialog.heading == "Cancel 2 runs?"
        await desk.sees(f"batch#{third} ")
        await desk.press("y")
        await desk.knows(third, "cancelled")
        await desk.knows(second, "cancelled")
        assert lab.run(first).state.value == "running"
        lab.server.cancel(first)


@played
async def test_a_run_that_has_ended_meanwhile_is_said_to_have(lab: Lab) -> None:
    async with seated(lab.world.clone) as desk:
        number = lab.begin("while ! test -e ../go; do sleep 0.05; done")
        await desk.knows(number, "running")
        await desk.press("c")
        await desk.dialog(Confirm)
        (lab.world.run(number) / "go").touch()
        lab.world.settled(number)
        await desk.press("y")
        await desk.says("has ended already")
