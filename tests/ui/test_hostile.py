"""Hostile text on every part of the screen at once: what the terminal gets of it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from gitbatch_tui.ui.dialogs.confirm import Confirm
from gitbatch_tui.ui.dialogs.details import Details
from gitbatch_tui.ui.dialogs.submit import SubmitDialog
from gitbatch_tui.ui.screens.diff import DiffScreen
from gitbatch_tui.ui.screens.journal import JournalScreen
from gitbatch_tui.ui.screens.log import LogScreen
from tests.support.batches import new_world
from tests.support.worlds import JOB_OF_ITS_OWN
from tests.ui.driver import AppDriver, async_test, run_app
from tests.ui.wire import text_of, wire

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.worlds import World

STEERING = "\x1b]52;c;cHduZWQ=\x07\x1b]0;pwned\x07\x1b]8;;http://evil\x07\x1b[2J\x9b31m\u202e"
MARKUP = "[red]a[/] [/] [@click=app.quit]b[/] [[x]] [$x]"
SEEN = "<ESC>]52;c;cHduZWQ=<BEL><ESC>]0;pwned"
BRANCH = "x\u202e{red}\u009b$(id)"
FILE = "r\x1b]0;pwned\x07[red]\u202e"
FORBIDDEN = re.compile("[\x00-\x09\x0b\x0c\x0e-\x1a\x1c-\x1f\x7f-\x9f\u200b\u202e]")
COPIED = re.compile("\x1b\\]52;c;[A-Za-z0-9+/=]+\x07")


def hostile(folder: Path) -> World:
    """A project that has it in branches, subjects, files, and in what its programs print."""
    world = new_world(folder)
    said = folder / "said"
    said.write_text(f"{STEERING}\n{MARKUP}\n")
    run = f'#!/bin/sh\ncat "{said}"\ncp "{said}" "{FILE}"\n'
    world.git("checkout", "-q", "-b", BRANCH)
    schedule = JOB_OF_ITS_OWN.replace("\n", f'\ncat "{said}"\n', 1)
    world.commit({"schedule.sh": schedule, "run.sh": run}, branch=BRANCH)
    world.git("commit", "-q", "--amend", "--author", f"{MARKUP} <a@b>", "-m", STEERING + MARKUP)
    return world


@async_test
async def test_on_every_part_of_the_screen_it_is_only_text(tmp_path: Path) -> None:
    world = hostile(tmp_path)
    terminal, sent = wire()
    async with run_app(world.clone, terminal=terminal) as driver:
        await driver.press("s")
        await driver.dialog(SubmitDialog)
        await driver.sees(SEEN)
        await driver.press("enter")
        await driver.knows(1, "succeeded")
        await driver.back_on_main()
        await driver.sees(SEEN)
        await look_everywhere(driver)
    written = "".join(sent)
    for payload in ("\x1b]52;c;cHdu", "\x1b]0;", "\x1b]8;", "\x1b[2J\x9b", "\x9b31m", "\u202e"):
        assert payload not in written
    # What is copied goes to the terminal as one sequence of base64.
    assert not FORBIDDEN.search(COPIED.sub("", text_of(sent)))
    assert "[red]a[/] [/] [@click=app.quit]b[/] [[x]] [$x]" in written


async def look_everywhere(driver: AppDriver) -> None:
    await driver.press("l")
    await driver.dialog(LogScreen)
    await driver.sees("[@click=app.quit]b[/]")
    await driver.press("o", "slash", *"[/]x", "enter", "escape", "escape")
    await driver.back_on_main()
    await driver.press("i")
    await driver.dialog(Details)
    await driver.sees("<U+202E>")
    await driver.press("escape", "d")
    await driver.dialog(DiffScreen)
    await driver.sees("[red]<U+202E>")
    await driver.press("enter", "y", "escape")
    await driver.back_on_main()
    await driver.press("at")
    await driver.dialog(JournalScreen)
    await driver.press("a")
    await driver.sees("git for-each-ref")
    await driver.press("j", "j", "escape", "slash", *"[red]", "enter", "escape")
    await driver.back_on_main()
    await driver.press("y", "escape", "x", "escape", "h", "question_mark", "escape", "2", "enter")
    await driver.sees("Runs of x<U+202E>{red}")
    await driver.press("3", "p")
    await driver.says("1 file")
    await driver.press("x", "enter")
    await driver.knows(2, "succeeded")
    await driver.press("1", "u", "down", "enter")
    await driver.dialog(Confirm)
    await driver.press("escape")
