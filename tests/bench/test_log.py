"""A log on the screen: how soon it opens, answers keys while it grows, and shows a new line."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from gitbatch_tui.core.logs.layout import Cells
from gitbatch_tui.core.logs.remote_file import RemoteFile
from gitbatch_tui.core.logs.search import Search
from gitbatch_tui.core.logs.source import LogFile
from gitbatch_tui.core.logs.viewer import Viewer
from tests.bench.measure import show
from tests.support.paint import Screen
from tests.support.project import open_project
from tests.support.servers.sshd import HOST
from tests.support.waiting import wait_until
from tests.support.worlds import World

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gitbatch_tui.core.logs.window import WindowView

GIGABYTE = 1 << 30
LINE = b"2026-03-01 14:03:11 epoch %07d loss 0.123456 accuracy 0.987 of the model so far\n"
ROUNDS = 15
KEYS = 200
FLOOD = """
import sys, time
line = "flood %09d loss 0.123456 accuracy 0.987 of the model so far\\n"
start, written = time.time(), 0
with open(sys.argv[1], "a", buffering=1 << 20) as file:
    while True:
        due = int((time.time() - start) * 20_000)
        file.write("".join(line % n for n in range(written, due)))
        file.flush()
        written = due
        time.sleep(0.005)
"""


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """A run that goes on until the test ends."""
    world = World(tmp_path / "world").build()
    project = open_project(world)
    with project.clone, project.hosts:
        project.begin("echo the only line; until test -e ../go; do sleep 0.1; done")
    wait_until(lambda: (world.run(1) / "log").exists() and (world.run(1) / "log").stat().st_size)
    yield world
    (world.run(1) / "go").touch()
    world.settled(1)


@pytest.fixture
def log(world: World) -> Path:
    """The log of the only run, of a gigabyte."""
    path = world.run(1) / "log"
    lines = b"".join(LINE % n for n in range(100_000))
    with path.open("wb") as file:
        while file.tell() < GIGABYTE:
            file.write(lines)
        file.writelines(b"one of the last lines, number %03d\n" % n for n in range(100))
    return path


@pytest.fixture
def screen(world: World) -> Iterator[Screen]:
    screen = Screen([sys.executable, "-m", "gitbatch_tui"], world.clone)
    yield screen
    screen.close()


def memory(screen: Screen) -> int:
    """What the program occupies, in MB."""
    status = Path(f"/proc/{screen.process.pid}/status").read_text()
    return int(status.partition("VmRSS:")[2].split()[0]) // 1024


def milliseconds(seconds: list[float]) -> tuple[float, float]:
    """Median and 99th percentile."""
    ordered = sorted(seconds)
    return statistics.median(ordered) * 1000, ordered[int(len(ordered) * 0.99)] * 1000


@pytest.mark.timeout(300)
def test_a_log_of_a_gigabyte_opens_at_once_and_takes_no_memory(
    log: Path, screen: Screen, capsys: pytest.CaptureFixture[str]
) -> None:
    assert log.stat().st_size > GIGABYTE
    screen.until("number 099")
    before = memory(screen)
    opened = []
    for _ in range(ROUNDS):
        begin = screen.type(b"l")
        # The pane has no room for the first of these, so the whole screen has been painted.
        opened.append(screen.until("number 070", "number 099") - begin)
        screen.type(b"\x1b")
        screen.until("Branches")
    screen.type(b"l")
    screen.until("number 070")
    begin = screen.type(b"g")
    top = screen.until("epoch 0000000") - begin
    screen.type(b"/")
    screen.until("Search for")
    begin = screen.type(b"nowhere at all\r")
    searched = screen.until("nowhere") and screen.until("in this file") - begin
    grown = memory(screen) - before
    median, _ = milliseconds(opened[1:])
    show(capsys, f"1 GB: last line after {opened[0] * 1000:.0f} ms, then {median:.0f} ms (median)")
    show(capsys, f"its first line {top * 1000:.0f} ms after g; searched in {searched:.2f} s")
    show(capsys, f"memory: {grown} MB more")
    assert opened[0] < 0.15
    assert median < 100
    assert grown < 20


@pytest.mark.timeout(300)
def test_keys_are_answered_while_a_log_grows(
    log: Path, screen: Screen, capsys: pytest.CaptureFixture[str]
) -> None:
    screen.until("number 099")
    screen.type(b"l")
    screen.until("following the end")
    flood = subprocess.Popen([sys.executable, "-c", FLOOD, str(log)])
    try:
        screen.type(b"G")
        screen.until("flood 00002")
        taken = []
        for turn in range(KEYS):
            # A moment of its own for each key, so that none profits from the one before.
            time.sleep(0.01 + turn % 7 / 300)
            key, effect = ((b"g", "epoch 0000000"), (b"G", "following"), (b"f", "% of"),
                           (b"f", "following"))[turn % 4]  # fmt: skip
            begin = screen.type(key)
            taken.append(screen.until(effect) - begin)
    finally:
        flood.kill()
        flood.wait()
    median, worst = milliseconds(taken)
    show(capsys, f"20,000 lines/s: key to paint {median:.1f} ms median, {worst:.1f} ms p99")
    assert median < 30
    assert worst < 150


def test_a_line_that_is_written_is_seen_at_once(
    world: World, screen: Screen, capsys: pytest.CaptureFixture[str]
) -> None:
    screen.until("the only line")
    screen.type(b"l")
    screen.until("following the end")
    taken = []
    with (world.run(1) / "log").open("ab", buffering=0) as file:
        for turn in range(60):
            time.sleep(0.05 + turn % 7 / 100)
            begin = screen.type(b"")
            file.write(b"written as line %d.\n" % turn)
            taken.append(screen.until(f"as line {turn}.") - begin)
    median, worst = milliseconds(taken)
    show(capsys, f"written to seen: {median:.1f} ms median, {worst:.1f} ms p99")
    assert median < 60


@pytest.mark.usefixtures("sshd")
def test_a_line_that_is_written_far_away_is_seen_soon(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    project = open_project(world)
    project.move_behind(HOST)
    frames: list[tuple[float, WindowView]] = []
    source = RemoteFile(project.server, 1)
    viewer = Viewer(source, Cells(len, lambda *_: []), lambda f: frames.append((time.time(), f)))
    viewer.ask(lambda window: window.resize(80, 5))
    viewer.start()
    taken = []
    with (world.run(1) / "log").open("ab", buffering=0) as file:
        for turn in range(20):
            time.sleep(0.2 + turn % 7 / 50)
            begin = time.time()
            file.write(b"line %d.\n" % turn)
            size = file.tell()
            wait_until(lambda size=size: frames and frames[-1][1].size >= size)  # type: ignore[misc]  # bound now
            taken.append(frames[-1][0] - begin)
    viewer.close()
    project.hosts.close()
    median, worst = milliseconds(taken[1:])
    show(capsys, f"written to seen over ssh: {median:.0f} ms median, {worst:.0f} ms p99")
    assert median < 300


def test_a_gigabyte_is_searched_in_both_directions(
    log: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = LogFile(log)
    for backwards in (False, True):
        start = time.perf_counter()
        search = Search("nowhere at all", 2 * GIGABYTE if backwards else 0, backwards=backwards)
        assert file.find(search) is None
        taken = time.perf_counter() - start
        show(capsys, f"1 GB searched {'back' if backwards else 'for'}wards: {taken:.2f} s")
        assert taken < 3
