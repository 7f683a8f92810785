"""What a sweep of 100 runs costs: beside a single submit, and over a slow line."""

from __future__ import annotations

import contextlib
import os
import signal
import time
from typing import TYPE_CHECKING

import pytest

from tests.bench.measure import show
from tests.support.command_line import call
from tests.support.invariants import processes
from tests.support.servers.sshd import HOST, Sshd
from tests.support.worlds import JOB_OF_ITS_OWN

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.support.project import Project

pytestmark = pytest.mark.timeout(0)

FAR = 3.5
"""As many times as long as one run may a sweep of 100 take over a slow line: 3 s, not 0.9."""
FILES = {"schedule.sh": JOB_OF_ITS_OWN, "run.sh": "#!/bin/sh\nsleep 600\n"}


@pytest.fixture(autouse=True)
def ended(project: Project) -> Iterator[None]:
    """Nothing goes on waiting for its turn afterwards."""
    yield
    end_all(project)


def end_all(project: Project) -> None:
    """End all jobs, and forget that they waited: a long queue costs whoever joins it."""
    while running := processes(project.world.base):
        for number in running:
            with contextlib.suppress(ProcessLookupError):
                os.kill(number, signal.SIGKILL)
    project.world.gitbatch("status")
    for ticket in (project.world.base / "queue").iterdir():
        ticket.unlink()


def least(project: Project, *sweeps: str) -> float:
    """What one of these takes while nothing else waits."""
    taken = []
    for sweep in sweeps:
        taken.append(seconds(project, "--sweep", sweep))
        end_all(project)
    return min(taken)


def seconds(project: Project, *words: str) -> float:
    start = time.perf_counter()
    said = call(project, "submit", *words)
    taken = time.perf_counter() - start
    assert said.status == 0, said.err
    return taken


def test_100_runs_take_less_than_8_single_submits(
    project: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    project.world.commit(FILES)
    seconds(project, "-o", "first=1")
    one = min(seconds(project, "-o", f"a={number}") for number in range(3))
    many = least(project, "b=1..100", "b=200..299")
    show(capsys, f"one submit {one:.2f} s, a sweep of 100 {many:.2f} s: {many / one:.1f} times")
    assert many < 8 * one


def test_100_runs_over_a_slow_line_wait_no_longer_for_it_than_one(
    project: Project, sshd: Sshd, capsys: pytest.CaptureFixture[str]
) -> None:
    project.world.commit(FILES)
    here = least(project, "c=1..100", "c=200..299")
    project.move_behind(HOST)
    sshd.delay(0.1)
    # The first one opens the connection, which stays for a while.
    one = min(seconds(project, "-o", f"a={number}") for number in range(3))
    many = least(project, "b=1..100", "b=200..299")
    show(capsys, f"one submit {one:.2f} s, a sweep of 100 {many:.2f} s, 100 ms away")
    show(capsys, f"the same sweep here {here:.2f} s")
    assert many < one + here
    assert many < FAR * one
