"""What the screen costs while nobody touches it, beside a bare app of textual's."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest

from tests.bench.measure import show
from tests.bench.test_paint import BARE
from tests.support.paint import Screen, wakes
from tests.support.project import Project, open_project
from tests.support.servers.sshd import HOST
from tests.support.worlds import World

if TYPE_CHECKING:
    from collections.abc import Iterator

SECONDS = 30.0
OURS = [sys.executable, "-m", "gitbatch_tui"]
GOES_ON = "echo begun; until test -e ../go; do sleep 1; done"
SETTLING = 3.0
"""Seconds after the first picture, which it has for what that doesn't need."""
MINUTE = 65.0
"""Seconds after which the age of a run isn't shown in seconds any more."""
IDLE, BUSY = 0.3, 1.0
"""Percent of a processor."""
OF_BARE = {IDLE: 0.5, BUSY: 2.5}
"""How much of what a bare app costs they may be, where that is more: in a virtual machine a wake-up
alone can cost ten times as much."""


class Cost(NamedTuple):
    """Of a second: percent of a processor, bytes to the terminal, and how often it woke up."""

    percent: float
    written: float
    woken: float

    def __str__(self) -> str:
        return (
            f"{self.percent:.2f} % of a processor, {self.written:.0f} bytes and "
            f"{self.woken:.1f} wake-ups a second"
        )


def processor_seconds(pid: int) -> float:
    """Of a process, and of those that it started and that have ended."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK")


def cost_of(argv: list[str], at: Path, *seen: str, after: float = SETTLING) -> Cost:
    """What a program in a terminal costs from some seconds after its first picture on."""
    screen = Screen(argv, at)
    try:
        screen.until(*seen)
        screen.listen(after)
        pid = screen.process.pid
        spent, woken, begin = processor_seconds(pid), wakes(pid), time.monotonic()
        written = len(screen.listen(SECONDS))
        passed = time.monotonic() - begin
        return Cost(
            100 * (processor_seconds(pid) - spent) / passed,
            written / passed,
            (wakes(pid) - woken) / passed,
        )
    finally:
        screen.close()


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Cost:
    """What an app costs here that shows a table and does nothing."""
    return cost_of([sys.executable, "-c", BARE], tmp_path_factory.mktemp("bare"), "bare state")


def allowed(percent: float, bare: Cost) -> float:
    """Percent, on this machine."""
    return max(percent, OF_BARE[percent] * bare.percent)


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    project = open_project(World(tmp_path / "world").build())
    with project.clone, project.hosts:
        project.finish("echo the only line")
        yield project


@pytest.mark.timeout(300)
def test_idle_it_costs_less_than_a_bare_app(
    project: Project, bare: Cost, capsys: pytest.CaptureFixture[str]
) -> None:
    clone = project.world.clone
    fresh = cost_of(OURS, clone, "the only line")
    idle = cost_of(OURS, clone, "the only line", after=MINUTE)
    show(capsys, f"bare app: {bare}")
    show(capsys, f"in the first minute after a run: {fresh}")
    show(capsys, f"idle: {idle}")
    assert idle.percent < allowed(IDLE, bare)
    assert idle.percent < bare.percent
    assert idle.written < 100
    assert idle.woken < 5
    assert fresh.percent < allowed(BUSY, bare)


@pytest.mark.timeout(300)
@pytest.mark.usefixtures("sshd")
def test_idle_with_a_remote_behind_ssh_it_costs_no_more(
    project: Project, bare: Cost, capsys: pytest.CaptureFixture[str]
) -> None:
    project.move_behind(HOST)
    idle = cost_of(OURS, project.world.clone, "the only line", after=MINUTE)
    show(capsys, f"idle, behind ssh: {idle}")
    assert idle.percent < allowed(IDLE, bare)
    assert idle.written < 100


@pytest.mark.timeout(300)
def test_with_a_job_that_goes_on_it_costs_a_hundredth_of_a_processor(
    project: Project, bare: Cost, capsys: pytest.CaptureFixture[str]
) -> None:
    number = project.begin(GOES_ON)
    busy = cost_of(OURS, project.world.clone, "begun")
    (project.world.run(number) / "go").touch()
    project.world.settled(number)
    show(capsys, f"with a running job: {busy}")
    assert busy.percent < allowed(BUSY, bare)
