"""Marked runs side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from gitbatch_tui.ui.dialogs.compare import CompareDialog, aligned
from gitbatch_tui.ui.dialogs.dialog import key_words
from gitbatch_tui.ui.dialogs.reading import SCROLL
from tests.support.batches import new_world
from tests.ui.driver import SMALL, async_test, run_app

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.worlds import World

JOB = '#!/bin/sh\nprintf \'{"loss": %s}\' "$GITBATCH_OPTION_LR" >metrics.json\n'


@pytest.fixture
def world(tmp_path: Path) -> World:
    """A project with two runs, whose parameter is another one."""
    world = new_world(tmp_path)
    world.commit({"run.sh": JOB})
    world.push(options=["lr=0.5"])
    world.settled(1)
    world.gitbatch("rerun", "1", "-o", "lr=0.1")
    world.settled(2)
    return world


@pytest.mark.parametrize("size", [(120, 35), SMALL], ids=["design", "small"])
def test_v_sets_marked_runs_side_by_side(world: World, size: tuple[int, int]) -> None:
    @async_test
    async def scenario() -> None:
        async with run_app(world.clone, size) as driver:
            await driver.knows(2, "succeeded")
            await driver.press("space", "j", "space", "v")
            dialog = await driver.dialog(CompareDialog)
            assert [row.run.number for row in dialog.table.rows] == [1, 2]
            await driver.sees("2 runs, by run")
            await driver.sees("run      took")
            await driver.press("o", "o", "o")
            await driver.sees("2 runs, by lr")
            assert [row.run.number for row in dialog.table.rows] == [2, 1]
            await driver.press("O")
            assert [row.run.number for row in dialog.table.rows] == [1, 2]
            await driver.sees("·●")
            dotted = [line for line in driver.text.split("\n") if "●" in line and "··" in line]
            assert [("batch#" in line) for line in dotted] == [True, True]
            await driver.press("escape")
            await driver.back_on_main()

    scenario()


def test_columns_are_as_wide_as_their_widest_cell_on_the_screen() -> None:
    assert aligned([["a", "b"], ["日本", "c"]]) == ["a     b", "日本  c"]


def test_its_keys_have_room_in_80_columns_where_it_scrolls() -> None:
    room = SMALL[0] * 94 // 100 - len("╰─  ─╯")
    assert key_words([*CompareDialog.own_keys, SCROLL, ("esc", "close")]).cell_length <= room
