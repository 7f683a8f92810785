"""Numbers of metrics as columns of the list of runs: chosen by a key, sorted by, kept."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from gitbatch_tui.models import Run
from gitbatch_tui.ui.dialogs.choose import ChooseSeveral
from tests.support.batches import new_world
from tests.support.worlds import JOB_OF_ITS_OWN
from tests.ui.driver import DESIGN, SMALL, async_test, run_app
from tests.ui.gallery import swept
from tests.ui.picture import looks_like
from tests.ui.run_gallery import run_gallery

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.worlds import World
    from tests.ui.driver import AppDriver

TRAIN = """#!/bin/sh
case "$GITBATCH_RUN" in
1) echo '{"loss": 0.5, "accuracy": 0.25, "model": "cnn"}' >metrics.json ;;
2) echo '{"loss": 0.125, "accuracy": 0.75, "model": "cnn"}' >metrics.json ;;
3)
	printf 'step,loss\\n1,9\\n2,8.5\\n' >metrics.csv
	until test -e ../go; do sleep 0.1; done
	echo 3,0.25 >>metrics.csv
	;;
esac
"""


@pytest.fixture
def world(tmp_path: Path) -> World:
    """Two runs that are over, and one that goes on."""
    world = new_world(tmp_path)
    world.commit({"schedule.sh": JOB_OF_ITS_OWN, "run.sh": TRAIN})
    world.push()
    world.settled(1)
    world.gitbatch("rerun", "1")
    world.settled(2)
    world.git("fetch", "-q", "batch")
    return world


def titles(driver: AppDriver) -> list[str]:
    return [column.title for column, _ in driver.app.main.runs.fitted]


def order(driver: AppDriver) -> list[int]:
    return [row.number for row in driver.app.main.runs.model.shown if isinstance(row, Run)]


@async_test
async def test_m_makes_numbers_columns_which_stay_chosen(world: World) -> None:
    async with run_app(world.clone) as driver:
        await driver.knows(2, "succeeded")
        await driver.press("m")
        dialog = await driver.dialog(ChooseSeveral)
        assert dialog._names == ["loss", "accuracy"]
        await driver.press("space", "j", "space", "enter")
        await driver.back_on_main()
        await driver.until(lambda: {"loss", "accuracy"} <= set(titles(driver)))
        await driver.sees("0.125")
        while driver.app.main.runs.model.column != "metric:loss":
            await driver.press("o")
        assert order(driver) == [2, 1]
    async with run_app(world.clone) as driver:
        await driver.knows(2, "succeeded")
        await driver.until(lambda: driver.app.main.runs.model.column == "metric:loss")
        await driver.sees("0.125")
        await driver.until(lambda: order(driver) == [2, 1])
        await driver.press("m")
        await driver.dialog(ChooseSeveral)
        await driver.press("space", "j", "space", "enter")
        await driver.until(lambda: "loss" not in titles(driver))


@async_test
async def test_a_column_follows_a_run_that_goes_on(world: World) -> None:
    world.gitbatch("rerun", "1")
    async with run_app(world.clone) as driver:
        await driver.knows(3, "running")
        await driver.press("m")
        await driver.dialog(ChooseSeveral)
        await driver.press("space", "enter")
        await driver.sees("8.5")
        (world.base / "runs/3/go").touch()
        await driver.sees("0.25")
        await driver.knows(3, "succeeded")


@async_test
async def test_the_choice_at_80_columns(world: World) -> None:
    async with run_app(world.clone, SMALL) as driver:
        await driver.knows(2, "succeeded")
        await driver.press("m")
        await driver.dialog(ChooseSeveral)
        await driver.press("space")
        await driver.sees("■ loss")
        await driver.sees("□ accuracy")
        await driver.press("escape")
        await driver.back_on_main()
        assert "loss" not in titles(driver)


@pytest.mark.parametrize("size", [DESIGN, SMALL], ids=["120x35", "80x24"])
def test_columns_of_metrics_beside_parameters(tmp_path: Path, size: tuple[int, int]) -> None:
    gallery = swept(tmp_path)
    for number in range(59, 72):
        tree = gallery.root / "batch/runs" / str(number) / "tree"
        tree.mkdir(parents=True)
        values = {"loss": 8 / number, "accuracy": number / 80, "epoch": number}
        (tree / "metrics.json").write_text(json.dumps(values))

    @async_test
    async def scenario() -> None:
        async with run_gallery(gallery.clone, size) as driver:
            await driver.press("m")
            await driver.dialog(ChooseSeveral)
            await driver.press("space", "j", "space")
            looks_like(driver.app, f"choose-metrics-{size[0]}x{size[1]}")
            await driver.press("enter")
            await driver.back_on_main()
            await driver.press("j", "enter")
            await driver.sees("0.11268")
            looks_like(driver.app, f"metric-columns-{size[0]}x{size[1]}")

    scenario()


@async_test
async def test_where_there_are_no_metrics_it_is_said(tmp_path: Path) -> None:
    world = new_world(tmp_path)
    async with run_app(world.clone) as driver:
        await driver.press("m")
        await driver.says("There are no runs yet, and so no metrics.")
        world.push()
        world.settled(1)
        await driver.press("r")
        await driver.knows(1, "succeeded")
        await driver.press("m")
        await driver.says("No run has left metrics yet")
