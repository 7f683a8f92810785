"""Results of the selected runs are looked into before a key asks for their curves."""

from __future__ import annotations

import gc
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from gitbatch_tui.core.curves.files import Unpacking
from gitbatch_tui.core.curves.samples import kept_sample
from gitbatch_tui.ui.screens.curves import CurveScreen
from tests.support.batches import new_world
from tests.support.worlds import JOB_OF_ITS_OWN
from tests.ui.driver import AppDriver, async_test, run_app

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
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


@contextmanager
def no_unpacking() -> Iterator[None]:
    """Let whatever would be unpacked from git wait until this ends."""
    may_unpack = threading.Event()
    take = Unpacking.take

    def waiting(self: Unpacking, blob: str) -> bytes:
        may_unpack.wait()
        return take(self, blob)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Unpacking, "take", waiting)
        try:
            yield
        finally:
            may_unpack.set()


async def are_drawn_without_unpacking(driver: AppDriver, last: str, *keys: str) -> None:
    """The keys show a curve, with its last number, before the file is read; then all of it."""
    with no_unpacking():
        await driver.press(*keys)
        screen = await curves(driver)
        await driver.until(lambda: screen.view.is_drawn, "a picture")
        assert "reading" in driver.text
        assert last in driver.text
    await driver.until(lambda: "reading" not in driver.text)
    (metrics,) = screen._metrics
    assert metrics.columns.count == 30_000


@async_test
async def test_curves_of_runs_that_were_selected_for_a_while_wait_for_no_unpacking(
    world: World,
) -> None:
    bring_home(world)
    async with run_app(world.clone) as driver:
        await looked_into(driver, 2)
        await are_drawn_without_unpacking(driver, "2.125", "M")
        await driver.press("escape")
        await looked_into(driver, 2)


@async_test
async def test_a_run_that_was_selected_just_now_waits_for_no_unpacking_either(world: World) -> None:
    bring_home(world)
    blob = world.git("rev-parse", f"{world.facts(1)['result']}:metrics.csv")
    async with run_app(world.clone) as driver:
        await driver.until(lambda: kept_sample(blob), "a sample of a run that isn't selected")
        await are_drawn_without_unpacking(driver, "1.125", "down", "M")


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
