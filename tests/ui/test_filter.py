"""The filter of runs has the grammar of `runs --where`; headers sort where they are clicked."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.support.paint import Screen
from tests.support.terminal import LEAVES, OURS
from tests.ui.driver import async_test
from tests.ui.gallery import Gallery, swept
from tests.ui.run_gallery import run_gallery

if TYPE_CHECKING:
    from pathlib import Path

    from tests.ui.driver import AppDriver


@pytest.fixture
def gallery(tmp_path: Path) -> Gallery:
    """A batch remote with a sweep of twelve runs, and a few runs besides."""
    return swept(tmp_path)


def found(driver: AppDriver) -> list[int]:
    return [run.number for run in driver.app.main.runs.model.found]  # type: ignore[union-attr]  # no groups


FILTERS = {
    "state:failed": [60],
    "lr<0.03": [62, 61, 60],
    "lr=0.1 seed>1": [68, 67],
    "age<1h lr=1": [72],
    "by:ada data=mnist": [59],
    "-sweep:60": [72, 59],
    "state:failed,cancelled": [65, 60],
    "mnist": [59],
    "succeeded lr=0.03": [64, 63],
}


@async_test
async def test_the_filter_takes_what_where_takes(gallery: Gallery) -> None:
    async with run_gallery(gallery.clone) as driver:
        for words, numbers in FILTERS.items():
            await driver.press("slash")
            await driver.write(words)
            await driver.press("enter")
            assert found(driver) == numbers, words
            await driver.press("escape")
        assert len(found(driver)) == 14


@async_test
async def test_what_runs_have_measured_can_be_filtered_by_and_follows_them(tmp_path: Path) -> None:
    gallery = swept(tmp_path)
    trees = {n: gallery.root / "batch/runs" / str(n) / "tree" for n in (60, 61, 66, 70)}
    for number, tree in trees.items():
        tree.mkdir(parents=True)
        # lr is a parameter of theirs, and so no metric.
        (tree / "metrics.json").write_text(json.dumps({"loss": number / 100, "lr": 9}))
    async with run_gallery(gallery.clone) as driver:
        await driver.press("slash", *"loss<0.62")
        await driver.until(lambda: found(driver) == [61, 60])
        await driver.press("enter")
        await driver.until(lambda: found(driver) == [61, 60])
        (trees[66] / "metrics.json").write_text(json.dumps({"loss": 0.5}))
        await driver.until(lambda: found(driver) == [66, 61, 60])
        await driver.press("slash", *" lr>5", "enter")
        assert found(driver) == []
        await driver.press("escape")
        assert len(found(driver)) == 14


@async_test
async def test_a_name_that_nothing_has_is_told(gallery: Gallery) -> None:
    async with run_gallery(gallery.clone) as driver:
        await driver.press("slash", *"lozz<0.62 lr<9", "enter")
        await driver.says("No run has a parameter or metric lozz.")


@async_test
async def test_what_is_wrong_with_a_filter_is_said_while_it_is_typed(gallery: Gallery) -> None:
    async with run_gallery(gallery.clone) as driver:
        await driver.press("slash", *"lr=0.1 state:fai")
        assert found(driver) == [68, 67, 66, 59], "what stands before it counts"
        await driver.sees("/lr=0.1 state:fai▏")
        await driver.press("enter")
        await driver.says("state:fai: perhaps failed?")
        await driver.press(*"led")
        assert found(driver) == []
        await driver.sees("Nothing matches the filter: esc ends it.")
        await driver.press(*["backspace"] * len(" state:failed"), "enter")
        assert found(driver) == [68, 67, 66, 59]


@async_test
async def test_only_what_was_expected_stands_behind_a_wrong_word(gallery: Gallery) -> None:
    async with run_gallery(gallery.clone) as driver:
        await driver.press("slash", *"age<'a: b'")
        await driver.sees("▏ · a length of time is 90s, 5m, 2h, 3d or 1w.")


@async_test
async def test_values_that_a_fact_has_not_are_named(gallery: Gallery) -> None:
    async with run_gallery(gallery.clone) as driver:
        await driver.press("slash", *"results:bogus")
        await driver.sees("▏ · no such results; `runs --help` has all.")
        await driver.press("enter")
        await driver.says("no such results, but none, waiting, not pulled, pulled, undelivered")


@async_test
async def test_a_slash_can_be_part_of_a_filter(gallery: Gallery) -> None:
    async with run_gallery(gallery.clone) as driver:
        await driver.press("slash", *"images/x")
        assert driver.app.main.runs.filter == "images/x"


def test_a_filter_that_is_typed_in_one_breath_is_a_filter(gallery: Gallery) -> None:
    screen = Screen(OURS, gallery.clone)
    try:
        screen.until("sweep:60")
        screen.type(b"/state:failed\r")
        screen.until("1 of 14")
        screen.type(b"q")
        screen.until(LEAVES.decode())
    finally:
        screen.close()


@async_test
async def test_a_click_on_a_header_sorts_then_reverses_then_stops(gallery: Gallery) -> None:
    async with run_gallery(gallery.clone) as driver:
        rows = driver.app.main.runs
        rows.group_by("nothing")
        at = 2 + sum(width + 1 for _, width in rows.fitted[:3])
        orders = []
        for _ in range(3):
            await driver.pilot.click("#runs", offset=(at + 1, 1))
            orders.append((rows.model.column, rows.model.reverse))
        assert orders == [("option:lr", False), ("option:lr", True), ("", False)]
        assert driver.app.preferences.sort == ""
