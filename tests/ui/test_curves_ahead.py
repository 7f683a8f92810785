"""Results of the selected runs are looked into before a key asks for their curves."""

from __future__ import annotations

import gc
import threading
from typing import TYPE_CHECKING

import pytest

from gitbatch_tui.core.curves.files import Unpacking
from gitbatch_tui.core.curves.samples import kept_sample
from gitbatch_tui.ui.screens.curves import CurveScreen
from tests.support.batches import new_world
from tests.support.worlds import JOB_OF_ITS_OWN
from tests.ui.driver import AppDriver, async_test, run_app

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from gitbatch_tui.ui.app import GitBatchApp
    from tests.support.worlds import World

TRAIN = """#!/bin/sh
awk -v run="$GITBATCH_RUN" 'BEGIN {
	print "step,loss"
	for (step = 1; step <= 30000; step++) print step "," (step == 30000 ? run + 0.125 : 1 / step)
}' >metrics.csv
"""


@pytest.fixture
def world(tmp_path: Path) -> World:
    """Two runs that are over; no result of them is in the clone."""
    world = new_world(tmp_path)
    world.commit({"schedule.sh": JOB_OF_ITS_OWN, "run.sh": TRAIN})
    world.push()
    world.settled(1)
    world.gitbatch("rerun", "1")
    world.settled(2)
    return world


def bring_home(world: World) -> None:
    world.git("fetch", "-q", "batch", *(world.facts(run)["result"] for run in (1, 2)))


async def looked_into(driver: AppDriver, run: int) -> None:
    ahead = driver.app.ahead
    await driver.until(lambda: [each.number for each in ahead._runs] == [run], "a look")
    await driver.until(lambda: ahead._reading and ahead._reading.is_finished, "its end")


async def curves(driver: AppDriver) -> CurveScreen:
    await driver.until(lambda: isinstance(driver.app.screen, CurveScreen), "curves")
    assert isinstance(driver.app.screen, CurveScreen)
    return driver.app.screen


@async_test
async def test_curves_of_runs_that_were_selected_for_a_while_wait_for_no_unpacking(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    bring_home(world)
    may_unpack = threading.Event()
    take = Unpacking.take

    def waiting(self: Unpacking, blob: str) -> bytes:
        may_unpack.wait()
        return take(self, blob)

    async with run_app(world.clone) as driver:
        await looked_into(driver, 2)
        monkeypatch.setattr(Unpacking, "take", waiting)
        try:
            await driver.press("M")
            screen = await curves(driver)
            await driver.until(lambda: screen.view.is_drawn, "a picture")
            assert "reading" in driver.text
            assert "2.125" in driver.text
        finally:
            may_unpack.set()
        await driver.until(lambda: "reading" not in driver.text)
        (metrics,) = screen._metrics
        assert metrics.columns.count == 30_000
        await driver.press("escape")
        await looked_into(driver, 2)


@async_test
async def test_a_run_that_was_selected_just_now_waits_for_no_unpacking_either(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    bring_home(world)
    may_unpack = threading.Event()
    take = Unpacking.take

    def waiting(self: Unpacking, blob: str) -> bytes:
        may_unpack.wait()
        return take(self, blob)

    blob = world.git("rev-parse", f"{world.facts(1)['result']}:metrics.csv")
    async with run_app(world.clone) as driver:
        await driver.until(lambda: kept_sample(blob), "a sample of a run that isn't selected")
        monkeypatch.setattr(Unpacking, "take", waiting)
        try:
            await driver.press("down", "M")
            screen = await curves(driver)
            await driver.until(lambda: screen.view.is_drawn, "a picture")
            assert "reading" in driver.text
            assert "1.125" in driver.text
        finally:
            may_unpack.set()
        await driver.until(lambda: "reading" not in driver.text)
        (metrics,) = screen._metrics
        assert metrics.columns.count == 30_000


@async_test
async def test_what_was_read_of_another_run_is_not_drawn(world: World) -> None:
    bring_home(world)
    async with run_app(world.clone) as driver:
        await looked_into(driver, 2)
        await driver.press("down", "M")
        screen = await curves(driver)
        await driver.until(lambda: "1.125" in driver.text)
        assert [each.run.number for each in screen._metrics] == [1]


@async_test
async def test_nothing_is_fetched_for_a_look(world: World) -> None:
    async with run_app(world.clone) as driver:
        await looked_into(driver, 2)
        assert driver.app.ahead._reading
        assert driver.app.ahead._reading.result == []
        result = world.facts(2)["result"]
        asked = world.call("git", "-C", str(world.clone), "cat-file", "-e", result)
        assert asked.status
        await driver.press("M")
        await driver.until(lambda: "2.125" in driver.text)


@pytest.mark.parametrize(
    "begin",
    [lambda app: app.ahead._look(), lambda app: app.act("journal")],
    ids=["a look", "an action"],
)
def test_what_begins_as_the_screen_closes_is_no_fault(
    world: World, begin: Callable[[GitBatchApp], object]
) -> None:
    @async_test
    async def begin_at_the_end() -> None:
        async with run_app(world.clone) as driver:
            driver.app.ahead.close()
            begin(driver.app)
            driver.app.workers.cancel_all()

    begin_at_the_end()
    gc.collect()  # what was never awaited is told now
