"""Twelve runs of 100,000 steps: how soon their curves are drawn, and what grows is seen."""

from __future__ import annotations

import asyncio
import math
import random
import statistics
import threading
import time
from typing import TYPE_CHECKING

import pytest

from gitbatch_tui.core.curves.following import Following
from gitbatch_tui.ui.screens.curves import CurveScreen
from tests.bench.measure import show
from tests.ui.driver import async_test
from tests.ui.run_curves import metrics_at, run_curves

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.timeout(0)

STEPS, RUNS = 100_000, 12
A_PICTURE = 0.150
AN_UPDATE = 0.200


@pytest.fixture(scope="module")
def paths(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    folder = tmp_path_factory.mktemp("metrics")
    return [written(folder / f"metrics{number}.csv", number) for number in range(RUNS)]


def written(path: Path, number: int) -> Path:
    noise = random.Random(number)  # noqa: S311  # it is to be the same again
    rows = (
        f"{step},{math.exp(-step / 30_000) + noise.random() / 10:.6g},{noise.random():.5f}\n"
        for step in range(STEPS)
    )
    path.write_text("step,loss,accuracy\n" + "".join(rows))
    return path


@async_test
async def test_curves_are_drawn_soon_after_the_key(
    paths: list[Path], capsys: pytest.CaptureFixture[str]
) -> None:
    async with run_curves(paths[0]) as driver:
        await driver.draws()  # what is imported once is imported now
        firsts = []
        for _ in range(3):
            await driver.press("escape")
            await driver.back_on_main()
            driver.screen = CurveScreen(metrics_at(*paths))
            # What it costs, whatever else the machine is busy with.
            begin = time.process_time()
            driver.app.push_screen(driver.screen)
            while not driver.screen.view.is_drawn:  # noqa: ASYNC110  # nothing else tells of it
                await asyncio.sleep(0.001)
            firsts.append(time.process_time() - begin)
        begin = time.perf_counter()
        await driver.draws()
        whole = time.perf_counter() - begin
        keys = {key: await seconds_to_draw(driver.screen, key) for key in ("right", "l", "s")}
    first, slowest = statistics.median(firsts), max(keys.values())
    show(capsys, f"first picture of {RUNS} x {STEPS} steps: {ms(first)}, all of it: {ms(whole)}")
    show(capsys, "; ".join(f"{key}: {ms(seconds)}" for key, seconds in keys.items()))
    assert first < A_PICTURE
    assert slowest < A_PICTURE


async def seconds_to_draw(screen: CurveScreen, key: str) -> float:
    """What a key costs this thread, whatever else the machine is busy with."""
    deeds = {"right": lambda: screen.action_next(1), "l": screen.action_log,
             "s": screen.action_smooth}  # fmt: skip
    taken = []
    for _ in range(4):
        begin = time.thread_time()
        deeds[key]()
        taken.append(time.thread_time() - begin)
    return statistics.median(taken)


def test_what_is_written_is_known_at_once(
    paths: list[Path], capsys: pytest.CaptureFixture[str]
) -> None:
    heard = threading.Event()
    metrics = metrics_at(*paths)
    following = Following(metrics, heard.set)
    following.start()
    while not all(each.is_whole for each in metrics):
        time.sleep(0.01)
    waits = []
    for step in range(STEPS, STEPS + 20):
        heard.clear()
        with paths[step % RUNS].open("a") as more:
            more.write(f"{step},0.5,0.5\n")
        begin = time.perf_counter()
        assert heard.wait(10)
        for each in metrics:
            each.columns.curve("loss")
        waits.append(time.perf_counter() - begin)
    following.close()
    show(capsys, f"a line among {RUNS} x {STEPS} is known after {ms(statistics.median(waits))}")
    assert statistics.median(waits) < AN_UPDATE


def ms(seconds: float) -> str:
    return f"{seconds * 1000:.0f} ms"
