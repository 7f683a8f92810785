"""Parameters are in sight: as columns, under the list, and in titles and questions."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from gitbatch_tui.models import Run, State
from gitbatch_tui.ui.panes.run_columns import order_of
from gitbatch_tui.ui.widgets.list_model import Column, fit
from tests.ui.driver import SMALL, async_test
from tests.ui.gallery import Gallery, swept
from tests.ui.run_gallery import run_gallery

if TYPE_CHECKING:
    from pathlib import Path

    from tests.ui.driver import AppDriver


@pytest.fixture
def gallery(tmp_path: Path) -> Gallery:
    """A batch remote with a sweep of twelve runs, and a few runs besides."""
    return swept(tmp_path)


def titles(driver: AppDriver) -> list[str]:
    return [column.title for column, _ in driver.app.main.runs.fitted]


@pytest.mark.parametrize("size", [(120, 35), SMALL], ids=["design", "small"])
def test_parameters_that_differ_have_columns_before_commit_and_subject(
    gallery: Gallery, size: tuple[int, int]
) -> None:
    @async_test
    async def scenario() -> None:
        async with run_gallery(gallery.clone, size) as driver:
            shown = titles(driver)
            at = shown.index("lr")
            assert shown[at : at + 3] == ["lr", "data", "seed"]
            assert "commit" not in shown[:at]
            assert "subject" not in shown[:at]

    scenario()


@async_test
async def test_a_parameter_that_is_the_same_in_all_that_is_listed_has_none(
    gallery: Gallery,
) -> None:
    async with run_gallery(gallery.clone) as driver:
        await driver.press("slash", *"seed=1", "enter")
        assert "data" not in titles(driver)
        assert "lr" in titles(driver)


def test_where_a_wide_parameter_has_no_room_a_narrow_one_has() -> None:
    wide, narrow = Column("data", "data", 16, rank=1), Column("fold", "fold", 4, rank=4)
    columns = [Column("run", "run", 4), wide, narrow]
    assert [column.key for column, _ in fit(columns, 28)] == ["run", "data", "fold"]
    assert [column.key for column, _ in fit(columns, 20)] == ["run", "fold"]
    assert [column.key for column, _ in fit(columns, 8)] == ["run"]


@async_test
async def test_the_order_is_seen_also_in_a_narrow_column(gallery: Gallery) -> None:
    async with run_gallery(gallery.clone) as driver:
        driver.app.main.runs.sort_by("option:seed", reverse=True)
        await driver.until(lambda: re.search(r" see\w?↓", driver.text))


def test_a_parameter_that_is_nan_is_sorted_as_a_word() -> None:
    order = order_of("option:lr")
    assert order
    values = ["3", "nan", "1", "cnn", "2", "inf"]
    runs = [Run("batch", 1, State.LOST, "master", "", options=(f"lr={value}",)) for value in values]
    ordered = [run.options[0] for run in sorted(runs, key=order)]
    assert ordered == ["lr=1", "lr=2", "lr=3", "lr=inf", "lr=cnn", "lr=nan"]


@async_test
async def test_runs_are_sorted_by_a_parameter_as_numbers_are(gallery: Gallery) -> None:
    async with run_gallery(gallery.clone) as driver:
        rows = driver.app.main.runs
        rows.group_by("nothing")
        while rows.model.column != "option:lr":
            await driver.press("o")
        values = [run.options[0] for run in rows.model.shown if isinstance(run, Run)]
        assert values[0] == "lr=0.01"
        assert values[-1] == "lr=1"


@async_test
async def test_reason_estimate_and_parameters_stand_whole_under_the_list(gallery: Gallery) -> None:
    async with run_gallery(gallery.clone, SMALL) as driver:
        words = " ".join(driver.text.split())
        assert "lr=1 data=cifar" in words
        lines = [line[31:].strip() for line in driver.text.split("\n")]
        said = " ".join(lines)
        assert "batch#72 ◔ queued: Resources; expected to begin at 2026-03-14 18:30 UTC" in said


@async_test
async def test_titles_and_questions_name_the_parameters(gallery: Gallery) -> None:
    async with run_gallery(gallery.clone) as driver:
        await driver.sees("Log of batch#72 (lr=1 data=cifar)")
        await driver.press("c")
        await driver.sees("batch#72 (lr=1 data=cifar) · master")
