"""Everything about a run, on one screen that scrolls."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from gitbatch_tui.models import Job, State, Task
from gitbatch_tui.ui.dialogs.details import Details
from gitbatch_tui.ui.state import Selection
from tests.ui.desk import SMALL, played, seated

if TYPE_CHECKING:
    from tests.lab import Lab


@played
async def test_the_whole_record_is_shown(lab: Lab) -> None:
    lab.world.write({".gitignore": "model\n"})
    number = lab.finish("echo 1 >result; echo 2 >model; exit 0")
    async with seated(lab.world.clone) as desk:
        run = await desk.knows(number, "succeeded")
        await desk.press("i")
        dialog = await desk.dialog(Details)
        assert dialog.heading == f"Everything about batch#{number}"
        for text in (run.commit, run.result, run.tree, "Timeline", "settled", "model", "local 1"):
            await desk.sees(text)
        facts = {name: text for _, facts in dialog.sections for name, text, _ in facts}
        assert facts["run tree"] == f"{lab.world.base}/runs/{number}/tree"


@played
async def test_it_scrolls_where_there_is_no_room(lab: Lab) -> None:
    number = lab.finish("echo 1 >result")
    async with seated(lab.world.clone, SMALL) as desk:
        await desk.knows(number, "succeeded")
        await desk.press("i")
        await desk.dialog(Details)
        assert "git log refs/gitbatch" not in desk.text
        await desk.press("G")
        await desk.sees("git log refs/gitbatch")
        await desk.press("g")
        await desk.sees("What ran")
        await desk.press("escape")
        await desk.back_on_main()


@played
async def test_hostile_text_in_a_record_is_harmless(lab: Lab) -> None:
    lab.world.commit({"schedule.sh": "#!/bin/sh\nexit 1\n"})
    lab.world.git("commit", "-q", "--amend", "-m", "[red]x[/red] \u202e \x1b[31mred")
    lab.world.push(options=["a=[bold]\u202e"])
    async with seated(lab.world.clone) as desk:
        await desk.knows(1, "rejected")
        await desk.press("i")
        await desk.dialog(Details)
        await desk.sees("[red]x[/red] <U+202E>")
        await desk.sees("a=[bold]<U+202E>")


@played
async def test_each_task_of_an_array_has_its_line(lab: Lab) -> None:
    number = lab.finish("exit 3")
    tasks = [Task(Job("slurm", f"11_{n}"), State.FAILED, "out of memory", 137) for n in (1, 2)]
    async with seated(lab.world.clone) as desk:
        run = replace(await desk.knows(number, "failed"), tasks=tuple(tasks))
        desk.app.act("details", Selection("runs", None, None, run, ()))
        await desk.dialog(Details)
        await desk.sees("11_1")
        await desk.sees("11_2")
        await desk.sees("✖ failed 137, out of memory")
