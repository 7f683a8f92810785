"""Groups of runs: they fold, count their states, and keys work on all of their runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from gitbatch_tui.models import Run, State
from gitbatch_tui.ui.dialogs.confirm import Confirm
from gitbatch_tui.ui.panes.run_rows import BAR, shares
from tests.ui.driver import SMALL, async_test
from tests.ui.gallery import Gallery, swept
from tests.ui.picture import looks_like
from tests.ui.run_gallery import run_gallery

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from tests.ui.driver import AppDriver


@pytest.fixture
def gallery(tmp_path: Path) -> Gallery:
    """A batch remote with a sweep of twelve runs, and a few runs besides."""
    return swept(tmp_path)


def rows(driver: AppDriver) -> list[int | str]:
    """The numbers of runs, and the titles of groups."""
    return [
        row.number if isinstance(row, Run) else row.title
        for row in driver.app.main.runs.model.shown
    ]


def marked(driver: AppDriver) -> set[int]:
    return {run.number for run in driver.app.main.runs.marked_runs}


SWEEP = list(range(71, 59, -1))


@async_test
async def test_a_sweep_is_one_row_that_folds(gallery: Gallery) -> None:
    async with run_gallery(gallery.clone) as driver:
        assert rows(driver) == [72, "sweep:60", 59]
        await driver.press("j")
        await driver.sees("About sweep:60")
        for fact in ("runs     ▶ 3 running", "differ   lr x seed", "given    data=cifar"):
            await driver.sees(fact)
        await driver.sees("sweep:60 (lr x seed), 12 runs: 3 running, 3 queued, 4 succeeded")
        await driver.press("enter")
        assert rows(driver) == [72, "sweep:60", *SWEEP, 59]
        await driver.press("j", "j", "plus")
        assert rows(driver) == [72, "sweep:60", 59]
        assert driver.app.main.runs.group, "the cursor goes to the row that took its place"
        await driver.press("j", "plus")
        await driver.says("This run is in no group")


@async_test
async def test_counts_and_a_bar_say_how_far_a_group_is(gallery: Gallery) -> None:
    async with run_gallery(gallery.clone) as driver:
        await driver.sees("▶3 ◔3 ✔4 ✖1 ■1")
        await driver.sees(f"sweep:60    {'━' * BAR} ▶3")


@pytest.mark.parametrize(
    ("counts", "cells"),
    [
        ({State.RUNNING: 1}, [10]),
        ({State.RUNNING: 1, State.SUCCEEDED: 1}, [5, 5]),
        ({State.RUNNING: 1, State.SUCCEEDED: 999}, [1, 9]),
        ({State.RUNNING: 3, State.QUEUED: 4, State.SUCCEEDED: 5, State.FAILED: 1}, [2, 3, 4, 1]),
    ],
)
def test_a_bar_is_full_and_leaves_no_state_out(
    counts: Mapping[State, int], cells: list[int]
) -> None:
    assert list(shares(counts).values()) == cells


@async_test
async def test_runs_are_grouped_by_branch_day_or_nothing_and_that_is_remembered(
    gallery: Gallery,
) -> None:
    async with run_gallery(gallery.clone) as driver:
        await driver.press("b")
        assert rows(driver) == ["master"]
        await driver.press("b")
        assert rows(driver) == ["2026-03-14", "2026-03-13"]
        await driver.sees("Runs on batch, by day")
        await driver.press("b")
        assert rows(driver) == [72, *SWEEP, 59]
        await driver.says("Runs are not grouped.")
        await driver.press("b", "b")
    async with run_gallery(gallery.clone) as driver:
        assert rows(driver) == ["master"]


@async_test
async def test_a_filter_shows_what_it_finds_and_the_fold_comes_back(gallery: Gallery) -> None:
    async with run_gallery(gallery.clone) as driver:
        await driver.press("slash", *"failed", "enter")
        assert rows(driver) == ["sweep:60", 60]
        await driver.press("plus")
        assert rows(driver) == ["sweep:60"]
        await driver.press("escape")
        assert rows(driver) == [72, "sweep:60", 59]


@async_test
async def test_keys_work_on_all_runs_of_a_group(gallery: Gallery) -> None:
    async with run_gallery(gallery.clone) as driver:
        await driver.press("j", "c")
        question = await driver.dialog(Confirm)
        assert question.heading == "Cancel 6 runs?"
        await driver.sees("of master · 3c4f183 Train on all of the images:")
        await driver.sees("  batch#66 (lr=0.1 seed=1 data=cifar): running  ")
        await driver.press("escape")
        await driver.back_on_main()
        await driver.press("l")
        await driver.says("sweep:60 has 12 runs: press enter to see them, and choose one.")


@async_test
async def test_space_on_a_group_marks_all_of_its_runs(gallery: Gallery) -> None:
    async with run_gallery(gallery.clone) as driver:
        await driver.press("j", "space")
        assert marked(driver) == set(SWEEP)
        await driver.sees("12 marked")
        await driver.press("k", "space")
        assert marked(driver) == set()


@async_test
async def test_a_range_is_marked_as_the_cursor_goes(gallery: Gallery) -> None:
    async with run_gallery(gallery.clone) as driver:
        await driver.press("space", "enter", "j", "V", "j", "j")
        assert marked(driver) == {72, 71, 70, 69}
        await driver.press("k")
        assert marked(driver) == {72, 71, 70}, "it shrinks, too"
        await driver.press("V", "j", "j")
        assert marked(driver) == {72, 71, 70}
        await driver.press("escape")
        assert marked(driver) == set()


@async_test
async def test_marks_stay_until_the_action_is_done(gallery: Gallery) -> None:
    async with run_gallery(gallery.clone) as driver:
        await driver.press("space", "enter", "j", "space", "c")
        await driver.dialog(Confirm)
        await driver.press("n")
        await driver.back_on_main()
        assert marked(driver) == {72, 71}


@pytest.mark.parametrize("size", [(120, 35), SMALL], ids=["design", "small"])
@pytest.mark.parametrize(
    ("name", "keys"),
    [("sweep", ["j"]), ("sweep-open", ["j", "enter", "j", "V", "j"])],
)
def test_picture(gallery: Gallery, name: str, keys: list[str], size: tuple[int, int]) -> None:
    @async_test
    async def scenario() -> None:
        async with run_gallery(gallery.clone, size) as driver:
            await driver.press(*keys)
            pane = driver.app.main.log_pane
            run = driver.app.main.runs.run
            await driver.until(lambda: pane and (run is None or (pane.frame and pane.frame.state)))
            looks_like(driver.app, f"{name}-{size[0]}x{size[1]}")

    scenario()
