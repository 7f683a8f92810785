"""Twelve runs of 100,000 steps: how soon their curves are drawn, and what grows is seen."""

from __future__ import annotations

import asyncio
import math
import os
import random
import statistics
import threading
import time
from typing import TYPE_CHECKING

import pytest

from gitbatch_tui.core.curves.files import BlobFile, Unpacking
from gitbatch_tui.core.curves.following import Following
from gitbatch_tui.core.curves.reading import RunMetrics
from gitbatch_tui.core.git.opening import open_clone
from gitbatch_tui.models import Run, State
from gitbatch_tui.ui.screens.curves import CurveScreen
from tests.bench.measure import show
from tests.support.changed import Changed
from tests.support.command_line import call
from tests.support.paint import Screen
from tests.support.project import open_project
from tests.support.terminal import OURS
from tests.support.worlds import JOB_OF_ITS_OWN, World
from tests.ui.driver import async_test
from tests.ui.run_curves import CurveDriver, metrics_at, run_curves

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.timeout(0)

STEPS, RUNS = 100_000, 12
ALL_OF_IT = 3
"""The first picture takes at most such a part of what reading all of it takes."""
FROM_GIT = 2
"""As many times as long may it take where all has to be unpacked first."""
ALLOWED, SELECTED, ROUNDS = 0.15, 1.0, 5
"""Seconds from the key to all curves, of runs that were selected for so many; tries."""
AN_UPDATE = 10
"""A line is known in such a part of what reading all took."""


@pytest.fixture(scope="module")
def paths(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    folder = tmp_path_factory.mktemp("metrics")
    return [written(folder / f"metrics{number}.csv", number) for number in range(RUNS)]


def written(path: Path, number: int) -> Path:
    noise = random.Random(number)
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
            firsts.append(await seconds_to_first(driver, metrics_at(*paths)))
        begin = time.process_time()
        await driver.draws()
        whole = time.process_time() - begin + firsts[-1]
        keys = {key: await seconds_to_draw(driver.screen, key) for key in ("right", "l", "s")}
    first, slowest = statistics.median(firsts), max(keys.values())
    show(capsys, f"first picture of {RUNS} x {STEPS} steps: {ms(first)}, all of it: {ms(whole)}")
    show(capsys, "; ".join(f"{key}: {ms(seconds)}" for key, seconds in keys.items()))
    assert first < whole / ALL_OF_IT
    assert slowest < first


@pytest.mark.parametrize("place", ["in git", "in run trees"])
def test_all_curves_are_drawn_within_150_ms_of_the_key(
    paths: list[Path], tmp_path: Path, capsys: pytest.CaptureFixture[str], place: str
) -> None:
    world, last = trained(tmp_path, paths)
    if place == "in git":
        world.git("fetch", "-q", "batch", *(world.facts(run)["result"] for run in numbers()))
    soon: list[float] = []
    at_once: list[float] = []
    for pause, taken in [(SELECTED, soon), (0, at_once)] * ROUNDS:
        screen = Screen(OURS, world.clone)
        try:
            screen.until("sweep:1", f"✔{RUNS}")
            time.sleep(SELECTED)
            screen.type(b"j")  # from the newest run to the sweep
            time.sleep(pause)
            taken.append(-screen.type(b"M") + screen.until(*last))
        finally:
            screen.close()
    best, hasty = min(soon), min(at_once)
    words = f"selected for {SELECTED} s {ms(best)}, just now {ms(hasty)} (the best of {ROUNDS})"
    show(capsys, f"{RUNS} x {STEPS} steps {place}, all curves after the key: {words}")
    assert max(best, hasty) < ALLOWED


def trained(tmp_path: Path, paths: list[Path]) -> tuple[World, list[str]]:
    """A sweep of runs that are over, each with one of the files; and their last values."""
    world = World(tmp_path / "world").build()
    project = open_project(world)
    text = "".join(
        f"{number}) cp {path} metrics.csv ;;\n"
        for number, path in zip(numbers(), paths, strict=True)
    )
    world.commit({"schedule.sh": JOB_OF_ITS_OWN,
                  "run.sh": f'#!/bin/sh\ncase "$GITBATCH_OPTION_n" in\n{text}esac\n'})  # fmt: skip
    with project.clone, project.hosts:
        assert call(project, "submit", "--sweep", f"n=1..{RUNS}").status == 0
        for number in numbers():
            world.settled(number, 60)
        assert call(project, "rerun", "batch#1").status == 0
        world.settled(RUNS + 1)
    ends = [path.read_text().rsplit("\n", 2)[1].split(",")[1] for path in paths]
    return world, [f"{float(end):.4g}" for end in ends]


def numbers() -> range:
    return range(1, RUNS + 1)


@async_test
async def test_curves_of_results_in_git_are_drawn_about_as_soon(
    paths: list[Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    short = tmp_path / "metrics.csv"
    short.write_text("step,loss\n1,2\n2,1\n")
    world = Changed(tmp_path / "results")
    world.commit({path.name: path.read_text() for path in paths})
    taken: dict[str, list[float]] = {"files": [], "git": []}
    async with run_curves(short) as driver:
        await driver.draws()
        for _ in range(3):
            for name, metrics in (("files", metrics_at(*paths)), ("git", in_git(world, paths))):
                await driver.press("escape")
                await driver.back_on_main()
                taken[name].append(await seconds_to_first(driver, metrics))
                await driver.draws()
    files, git = (statistics.median(taken[name]) for name in ("files", "git"))
    show(capsys, f"first picture of files: {ms(files)}, of results in git: {ms(git)}")
    assert git < files * FROM_GIT


def in_git(world: Changed, paths: list[Path]) -> list[RunMetrics]:
    """A run that is over for each file of the newest commit."""
    with open_clone(world.path) as clone:
        unpacking = Unpacking(clone)
        found = []
        for number, path in enumerate(paths, 1):
            blob, size = world.git("rev-parse", f"HEAD:{path.name}"), path.stat().st_size
            unpacking.want(blob, size)
            run = Run("batch", number, State.SUCCEEDED, "master", "0" * 40)
            found.append(RunMetrics(run, {path.name: BlobFile(unpacking, blob, size)}))
    return found


async def seconds_to_first(driver: CurveDriver, metrics: list[RunMetrics]) -> float:
    """What a picture of all curves takes this process and those that it has ended.

    Whatever else the machine does doesn't count.
    """
    driver.screen = CurveScreen(metrics)
    begin = spent()
    driver.app.push_screen(driver.screen)
    while not has_all(driver.screen):  # noqa: ASYNC110  # nothing else tells of it
        await asyncio.sleep(0.001)
    return spent() - begin


def has_all(screen: CurveScreen) -> bool:
    """Tell whether all curves are drawn."""
    return screen.view.is_drawn and all(curve.xs for curve in screen.view._curves)


def spent() -> float:
    """Processor time, in seconds."""
    return sum(os.times()[:4])


async def seconds_to_draw(screen: CurveScreen, key: str) -> float:
    """What a key costs this thread, whatever else the machine is busy with."""
    actions = {"right": lambda: screen.action_next(1), "l": screen.action_log,
             "s": screen.action_smooth}  # fmt: skip
    taken = []
    for _ in range(4):
        begin = time.thread_time()
        actions[key]()
        taken.append(time.thread_time() - begin)
    return statistics.median(taken)


def test_what_is_written_is_known_at_once(
    paths: list[Path], capsys: pytest.CaptureFixture[str]
) -> None:
    heard = threading.Event()
    metrics = metrics_at(*paths)
    following = Following(metrics, heard.set)
    begin = time.perf_counter()
    following.start()
    while not all(each.is_whole for each in metrics):
        time.sleep(0.01)
    whole = time.perf_counter() - begin
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
    assert statistics.median(waits) < whole / AN_UPDATE


def ms(seconds: float) -> str:
    return f"{seconds * 1000:.0f} ms"
