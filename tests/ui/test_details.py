"""Everything about a run, on one screen that scrolls."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from gitbatch_tui.core.base.format import took
from gitbatch_tui.models import Job, Run, State, Task, Usage
from gitbatch_tui.ui.actions import show
from gitbatch_tui.ui.dialogs.details import Details
from gitbatch_tui.ui.dialogs.reading import Reading
from gitbatch_tui.ui.panes.facts import facts
from gitbatch_tui.ui.state import Selection
from tests.ui.driver import SMALL, async_test, run_app

if TYPE_CHECKING:
    import pytest

    from tests.support.project import Project


@async_test
async def test_the_whole_record_is_shown(project: Project) -> None:
    project.world.write({".gitignore": "model\n"})
    number = project.finish("echo 1 >result; echo 2 >model; exit 0")
    async with run_app(project.world.clone) as driver:
        run = await driver.knows(number, "succeeded")
        await driver.press("i")
        dialog = await driver.dialog(Details)
        assert dialog.heading == f"Everything about batch#{number}"
        for text in (run.commit, run.result, run.tree, "Timeline", "settled", "model", "local 1"):
            await driver.sees(text)
        told = {name: text for _, section in dialog.sections for name, text, _ in section}
        assert told["run tree"] == f"{project.world.base}/runs/{number}/tree"


def test_the_pane_about_and_the_list_say_the_same_of_how_long_a_lost_run_took() -> None:
    begun = datetime(2026, 11, 26, 12, tzinfo=UTC)
    settled = begun + timedelta(hours=2)
    run = Run("batch", 1, State.LOST, "master", "0" * 40, started=begun, settled=settled)
    assert ("took", took(run, settled)) in [*facts(run, settled)]
    assert "took" not in dict(facts(replace(run, state=State.RUNNING, settled=None), settled))


@async_test
async def test_what_has_no_room_in_a_line_of_the_pane_about_goes_on_below_itself(
    project: Project,
) -> None:
    number = project.finish("exit 0")
    async with run_app(project.world.clone) as driver:
        await driver.knows(number, "succeeded")
        await driver.press("n")
        await driver.write("a note that is wider than\r")
        await driver.sees("note     a note that is wider")
        below = next(line for line in driver.text.split("\n") if "than " in line[:34])
        assert below.startswith("│          than ")


@async_test
async def test_what_its_scheduler_knows_better_is_shown_as_soon_as_it_is_told(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = threading.Event()

    def told(_: object, __: object, runs: list[Run], ___: object) -> list[Run]:
        asked.wait(10)
        return [replace(run, used=Usage(memory=3 * 2**30, memory_asked=2**36)) for run in runs]

    monkeypatch.setattr(show, "accounted", told)
    number = project.finish("exit 0")
    async with run_app(project.world.clone) as driver:
        await driver.knows(number, "succeeded")
        await driver.press("i")
        await driver.sees("of CPU time")
        box = driver.app.screen.query_one("#dialog")
        await driver.press("j", "j", "j")
        await driver.until(lambda: box.scroll_y == min(3, box.max_scroll_y) > 0)
        top = driver.text.split("\n")[3]
        asked.set()
        await driver.sees("3 GiB of memory")
        assert driver.text.split("\n")[3] == top
        await driver.press("escape")
        await driver.back_on_main()


@async_test
async def test_what_its_scheduler_knows_better_may_be_told_before_anything_is_drawn(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def at_once(_: object, *facts: Any) -> list[Run]:
        return [replace(run, used=Usage(memory=3 * 2**30, memory_asked=2**36)) for run in facts[2]]

    monkeypatch.setattr(show, "asyncio", SimpleNamespace(to_thread=at_once))
    number = project.finish("exit 0")
    async with run_app(project.world.clone) as driver:
        await driver.knows(number, "succeeded")
        await driver.press("i")
        await driver.sees("3 GiB of memory")


@async_test
async def test_it_scrolls_where_there_is_no_room(project: Project) -> None:
    number = project.finish("echo 1 >result")
    async with run_app(project.world.clone, SMALL) as driver:
        await driver.knows(number, "succeeded")
        await driver.press("i")
        await driver.dialog(Details)
        assert "git log refs/gitbatch" not in driver.text
        await driver.press("G")
        await driver.sees("git log refs/gitbatch")
        await driver.press("g")
        await driver.sees("What ran")
        await driver.press("escape")
        await driver.back_on_main()


@async_test
async def test_q_leaves_what_is_only_read(project: Project) -> None:
    number = project.finish("exit 0")
    async with run_app(project.world.clone) as driver:
        await driver.knows(number, "succeeded")
        for key in ("i", "question_mark"):
            await driver.press(key)
            await driver.dialog(Reading)
            await driver.press("q")
            await driver.back_on_main()


@async_test
async def test_hostile_text_in_a_record_is_harmless(project: Project) -> None:
    project.world.commit({"schedule.sh": "#!/bin/sh\nexit 1\n"})
    project.world.git("commit", "-q", "--amend", "-m", "[red]x[/red] \u202e \x1b[31mred")
    project.world.push(options=["a=[bold]\u202e"])
    async with run_app(project.world.clone) as driver:
        await driver.knows(1, "rejected")
        await driver.press("i")
        await driver.dialog(Details)
        await driver.sees("[red]x[/red] <U+202E>")
        await driver.sees("a=[bold]<U+202E>")


@async_test
async def test_each_task_of_an_array_has_its_line(project: Project) -> None:
    number = project.finish("exit 3")
    tasks = [Task(Job("slurm", f"11_{n}"), State.FAILED, "out of memory", 137) for n in (1, 2)]
    async with run_app(project.world.clone) as driver:
        run = replace(await driver.knows(number, "failed"), tasks=tuple(tasks))
        driver.app.act("details", Selection("runs", None, None, run, ()))
        await driver.dialog(Details)
        await driver.sees("11_1")
        await driver.sees("11_2")
        await driver.sees("✖ failed 137, out of memory")
