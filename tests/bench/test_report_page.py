"""How long a page of 200 runs takes, with what each of them wrote."""

from __future__ import annotations

import resource
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

from tests.bench.measure import show

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.support.project import Project

pytestmark = pytest.mark.timeout(0)

RUNS = 200
SECONDS = 3.0
LARGEST = 5_000_000
WHO = "committer T P <t@p.org> 1700000000 +0000\n"
CURVE = "step,loss\n" + "".join(f"{step},{100 / step}\n" for step in range(1, 100))
PACKAGES = "".join(f"package pip: package{number}==1.0\n" for number in range(100))


def file(path: str, text: str) -> str:
    return f"M 100644 inline {path}\ndata {len(text)}\n{text}\n"


def commit(ref: str, mark: int, message: str, *files: str, parent: str = "") -> str:
    start = f"from {parent}\n" if parent else ""
    head = f"commit {ref}\nmark :{mark}\n{WHO}data {len(message)}\n{message}\n{start}"
    return head + "".join(files) + "\n"


def results() -> Iterator[str]:
    """Every run began with the same commit, and wrote three files."""
    yield commit("refs/heads/begin", 1, "begin", file("schedule.sh", "true"))
    for run in range(2, RUNS + 2):
        files = file("metrics.json", f'{{"loss": {run}}}'), file("curve.csv", CURVE + f"{run},1\n")
        picture = file("picture.png", "x" * 30_000)
        yield commit(f"refs/heads/run{run}", run, "result", *files, picture, parent=":1")


def records(ids: dict[int, str]) -> Iterator[str]:
    for run in range(1, RUNS + 1):
        fact = f"Run: {run}\nBranch: master\nCommit: {ids[1]}\nTime: 2026-11-22T16:41:11Z\n"
        begin = f"run {run} submitted\n\n{fact}State: submitted\nOption: lr=0.{run}\n"
        end = f"run {run} succeeded\n\n{fact}State: succeeded\nExit: 0\nResult: {ids[run + 1]}\n"
        yield commit("refs/gitbatch/log", 2 * run, begin)
        environment = file("environment", f"host: node{run % 3}\n{PACKAGES}")
        yield commit("refs/gitbatch/log", 2 * run + 1, end, environment)


def fast_import(project: Project, text: str) -> dict[int, str]:
    """The ids of commits by their marks."""
    marks = project.world.root / "marks"
    git = ("git", f"--git-dir={project.world.repo}", "fast-import", "--quiet", "--force")
    command = (*git, f"--export-marks={marks}")
    subprocess.run(command, input=text.encode(), check=True)
    lines = (line.split() for line in marks.read_text().splitlines())
    return {int(mark[1:]): commit for mark, commit in lines}


def work() -> float:
    """Seconds of processors so far, of all programs: what it takes where nothing else runs."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def test_two_hundred_runs_are_reported_in_three_seconds(
    project: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    ids = fast_import(project, "".join(results()))
    fast_import(project, "".join(records(ids)))
    project.world.git("fetch", "-q", "batch", "refs/heads/*:refs/remotes/batch/*")
    target = project.world.root / "report.html"
    program = [sys.executable, "-m", "gitbatch_tui", "-C", str(project.world.clone)]
    names = [str(run) for run in range(1, RUNS + 1)]
    subprocess.run([*program, "runs"], check=True, capture_output=True)
    begin, before = time.monotonic(), work()
    subprocess.run([*program, "report", *names, "-o", target], check=True, capture_output=True)
    seconds, worked = time.monotonic() - begin, work() - before
    size = target.stat().st_size
    show(capsys, f"{RUNS} runs: {seconds:.1f} s, of work {worked:.1f} s, {size / 10**6:.1f} MB")
    assert target.read_text().count("<section") == RUNS
    assert size < LARGEST
    assert worked < SECONDS
