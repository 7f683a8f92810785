"""How long `runs` takes with a long history, and what it needs of memory and of the network."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest

from gitbatch_tui.core.hosts.pool import Hosts
from gitbatch_tui.core.runs.listing import list_remote
from tests.bench.measure import show
from tests.support.project import open_project
from tests.support.worlds import World

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gitbatch_tui.core.base.journal import JournalEntry

pytestmark = pytest.mark.timeout(0)

RUNS = 10_000
FEW = 50
RATIO = 2.0
"""The most that a long history may cost, as a multiple of a short one."""
ROUNDS = 7
SECONDS = 1.0
MEGABYTES = 80
ROOT = Path(__file__).parents[2]
SOME_TREE = "4b825dc642cb6eb9a060e54bf8d69288fbee4904"


class Cost(NamedTuple):
    seconds: float
    work: float
    """Seconds of processors, all programs taken together: what it takes where nothing else runs."""
    megabytes: float


def commits(runs: int) -> Iterator[str]:
    """A branch on which every run was pulled before the next one: input, result, input, ..."""
    for mark in range(1, 2 * runs + 1):
        yield f"commit refs/heads/master\nmark :{mark}\n{author(mark)}data 2\nx\n\n"


def records(ids: list[str]) -> Iterator[str]:
    yield "reset refs/gitbatch/log\nfrom refs/gitbatch/log^0\n\n"
    for run in range(1, len(ids) // 2 + 1):
        given, result = ids[2 * run - 2], ids[2 * run - 1]
        facts = f"Run: {run}\nState: {{}}\nBranch: master\nCommit: {given}\n"
        yield record(run, "submitted", facts, FIRST)
        yield record(run, "succeeded", facts, LAST.format(result=result, run=run))


FIRST = f"""Tree: {SOME_TREE}
Subject: Try another learning rate
Submitter: ada
Origin: push
Time: 2026-11-22T16:41:11Z
Option: lr=0.1
"""
LAST = """Exit: 0
Result: {result}
Place: master
Results: delivered
Job: local {run}
Host: workstation
Started: 2026-11-22T16:41:12Z
Finished: 2026-11-22T16:45:12Z
Time: 2026-11-22T16:45:12Z
"""


def record(run: int, state: str, facts: str, more: str) -> str:
    text = f"run {run} {state}\n\n{facts.format(state)}{more}"
    return f"commit refs/gitbatch/log\n{author(run)}data {len(text)}\n{text}\n"


def author(second: int) -> str:
    return f"committer gitbatch <gitbatch@localhost> {1_700_000_000 + 60 * second} +0000\n"


def fill(world: World, runs: int = RUNS) -> None:
    """Give the batch remote its past, of which the clone has pulled half."""
    marks = world.root / "marks"
    bare = ["git", f"--git-dir={world.repo}", "fast-import", "--quiet"]
    text = "".join(commits(runs))
    subprocess.run([*bare, f"--export-marks={marks}"], input=text, text=True, check=True)
    ids = [line.partition(" ")[2] for line in sorted(marks.read_text().splitlines(), key=by_mark)]
    subprocess.run(bare, input="".join(records(ids)), text=True, check=True)
    world.git("fetch", "-q", "batch")
    world.git("branch", "-f", "master", ids[runs - 1])


def by_mark(line: str) -> int:
    return int(line.partition(" ")[0].removeprefix(":"))


def cost(world: World, *words: str) -> Cost:
    """What a command of the program costs, its gits included."""
    argv = [sys.executable, "-m", "gitbatch_tui", "-C", str(world.clone), *words]
    start = time.perf_counter()
    process = subprocess.Popen(argv, cwd=ROOT, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = status
    assert status == 0
    seconds = time.perf_counter() - start
    return Cost(seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1000)


def test_ten_thousand_runs_are_listed_at_once(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    world = World(tmp_path / "world").build()
    project = open_project(world)
    fill(world)
    first = cost(world, "runs")
    show(capsys, f"runs, first, with the fetch of {2 * RUNS} records: {first.seconds:.2f} s")
    for words in (["runs"], ["runs", "--json"]):
        costs = [cost(world, *words) for _ in range(ROUNDS)]
        seconds = min(each.seconds for each in costs)
        work = min(each.work for each in costs)
        megabytes = max(each.megabytes for each in costs)
        what = f"{' '.join(words)}, {RUNS} runs"
        show(capsys, f"{what}: {seconds:.2f} s, {work:.2f} s of work, {megabytes:.0f} MB")
        # Whatever else the machine does can only add to it.
        assert min(seconds, work) < SECONDS
        assert megabytes < MEGABYTES
    asked: list[JournalEntry] = []
    with project.clone, Hosts(asked.append) as hosts:
        listing = list_remote(project.clone, hosts, project.remote)
    pulled = sum(run.results == "pulled" for run in listing.runs)
    show(capsys, f"refresh when nothing changed: {len(asked)} round trip")
    assert (len(listing.runs), pulled, len(asked)) == (RUNS, RUNS // 2, 1)


def test_a_long_history_costs_little_more_than_a_short_one(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    worlds = {}
    for count in (FEW, RUNS):
        world = worlds[count] = World(tmp_path / f"{count}").build()
        open_project(world)
        fill(world, count)
        cost(world, "runs")
    costs = {count: [cost(world, "runs") for _ in range(ROUNDS)] for count, world in worlds.items()}
    least = {count: min(each.work for each in several) for count, several in costs.items()}
    ratio = least[RUNS] / least[FEW]
    show(capsys, f"runs, {RUNS} runs in the past against {FEW}: {ratio:.2f}")
    assert ratio < RATIO
