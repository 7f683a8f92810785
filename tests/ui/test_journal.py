"""The commands that were run on a person's behalf."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gitbatch_tui.ui.screens.journal import JournalScreen
from gitbatch_tui.ui.state import Selection
from tests.ui.desk import played, seated

if TYPE_CHECKING:
    from tests.lab import Lab


@played
async def test_at_shows_what_git_and_the_server_were_asked_and_what_they_said(lab: Lab) -> None:
    lab.finish("echo x >result")
    async with seated(lab.world.clone) as desk:
        await desk.press("at")
        await desk.dialog(JournalScreen)
        await desk.sees("git for-each-ref")
        await desk.press("slash", *"config", "enter")
        await desk.sees("git config --null --get-regexp")
        await desk.sees("remote.batch.url")


@played
async def test_what_is_run_while_you_look_appears_and_the_selection_stays(lab: Lab) -> None:
    number = lab.finish("echo x >result")
    async with seated(lab.world.clone) as desk:
        await desk.press("at")
        await desk.dialog(JournalScreen)
        await desk.press("slash", *"symbolic-ref", "enter")
        await desk.sees("refs/heads/master")
        await desk.press("slash", *["backspace"] * 12, "enter")
        desk.app.act("pull", Selection("runs", None, None, lab.run(number), ()))
        await desk.until(lambda: "git fetch" in desk.text, "the fetch", 30)
        await desk.sees("refs/heads/master")
