"""Stopping runs: asked first, and done to the runs that were asked about."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gitbatch_tui.ui.dialogs.confirm import Confirm
from tests.ui.driver import AppDriver, async_test, run_app

if TYPE_CHECKING:
    from tests.support.project import Project

LONG = "echo begun; sleep 60"


async def running(driver: AppDriver, project: Project) -> int:
    number = project.begin(LONG)
    await driver.knows(number, "running")
    return number


@async_test
async def test_cancelling_names_the_run_and_what_it_means(project: Project) -> None:
    async with run_app(project.world.clone) as driver:
        number = await running(driver, project)
        await driver.press("c")
        dialog = await driver.dialog(Confirm)
        assert dialog.heading == f"Cancel batch#{number}?"
        await driver.sees("It has been running")
        await driver.sees("no branch moves")
        await driver.press("y")
        await driver.knows(number, "cancelled")
        await driver.says(f"batch#{number} is cancelled")


@async_test
async def test_n_and_esc_leave_a_run_alone(project: Project) -> None:
    async with run_app(project.world.clone) as driver:
        number = await running(driver, project)
        for key in ("n", "escape"):
            await driver.press("c")
            await driver.dialog(Confirm)
            await driver.press(key)
            await driver.back_on_main()
        assert project.run(number).state.value == "running"
        await driver.press("c", "enter")
        await driver.knows(number, "cancelled")


@async_test
async def test_the_run_that_was_asked_about_is_cancelled_though_the_cursor_moved(
    project: Project,
) -> None:
    async with run_app(project.world.clone) as driver:
        first = await running(driver, project)
        await driver.press("c")
        await driver.dialog(Confirm)
        second = await running(driver, project)
        driver.app.main.runs.action_go(0)
        await driver.until(lambda: driver.app.main.runs.selected == driver.run(second))
        await driver.press("y")
        await driver.knows(first, "cancelled")
        assert project.run(second).state.value == "running"
        await driver.press("c", "y")
        await driver.knows(second, "cancelled")


@async_test
async def test_marked_runs_are_cancelled_together(project: Project) -> None:
    async with run_app(project.world.clone) as driver:
        first = await running(driver, project)
        second = await running(driver, project)
        third = project.begin(LONG)
        await driver.until(lambda: driver.run(third))
        driver.app.main.runs.action_go(0)
        await driver.press("space", "space", "g", "c")
        dialog = await driver.dialog(Confirm)
        assert dialog.heading == "Cancel 2 runs?"
        await driver.sees(f"batch#{third} ")
        await driver.press("y")
        await driver.knows(third, "cancelled")
        await driver.knows(second, "cancelled")
        assert project.run(first).state.value == "running"
        project.server.cancel(first)


@async_test
async def test_a_run_that_has_ended_meanwhile_is_said_to_have(project: Project) -> None:
    async with run_app(project.world.clone) as driver:
        number = project.begin("while ! test -e ../go; do sleep 0.1; done")
        await driver.knows(number, "running")
        await driver.press("c")
        await driver.dialog(Confirm)
        (project.world.run(number) / "go").touch()
        project.world.settled(number)
        await driver.press("y")
        await driver.says("has ended already")
