"""How fast a directory is hashed, against one core's hashlib in one run, and in what memory."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from gitbatch_tui.core import dirhash
from tests.bench.measure import show

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

pytestmark = pytest.mark.timeout(0)

PARTS = 4
PART = 512 << 20
SMALL = 20_000
ROUNDS = 3
HASHLIB = """
import hashlib, sys
buffer = memoryview(bytearray(1 << 20))
for path in sys.argv[1:]:
    whole = hashlib.sha256()
    with open(path, "rb", buffering=0) as file:
        while count := file.readinto(buffer):
            whole.update(buffer[:count])
"""
"""Nothing but hashlib, in one thread, with reading that costs as little as it can."""


@dataclass(frozen=True)
class Cost:
    """Of one or several processes that ran at the same time, from the first start to the end."""

    seconds: float
    cpu: float
    megabytes: float
    """What the largest held in memory."""


def cost(*commands: Sequence[str]) -> Cost:
    start = time.perf_counter()
    started = [
        subprocess.Popen([sys.executable, *command], stdout=subprocess.DEVNULL)
        for command in commands
    ]
    used = []
    for process in started:
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        assert process.returncode == 0
        used.append(usage)
    seconds = time.perf_counter() - start
    cpu = sum(usage.ru_utime + usage.ru_stime for usage in used)
    return Cost(seconds, cpu, max(usage.ru_maxrss for usage in used) * 1024 / 1e6)


def by_hashlib(folder: Path, processes: int) -> Cost:
    """As many processes as that, and each does its part of the files."""
    paths = sorted(folder.iterdir())
    parts = [["-c", HASHLIB, *map(str, paths[n::processes])] for n in range(processes)]
    return cost(*parts)


def ours(folder: Path) -> Cost:
    return cost([dirhash.__file__, str(folder)])


def median(costs: Sequence[Cost]) -> Cost:
    return sorted(costs, key=lambda each: each.seconds)[len(costs) // 2]


def test_two_processors_hash_two_gigabytes_nearly_twice_as_fast_as_one(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "large"
    folder.mkdir()
    for part in range(PARTS):
        # Seeded: content that isn't sparse, and no secret.
        content = random.Random(part).randbytes(1 << 20)
        with (folder / f"part{part}").open("wb") as file:
            for _ in range(PART >> 20):
                file.write(content)
    by_hashlib(folder, 1)  # warms up
    rounds = [(by_hashlib(folder, 1), by_hashlib(folder, 2), ours(folder)) for _ in range(ROUNDS)]
    one, two, mine = (median(costs) for costs in zip(*rounds, strict=True))
    # Rates count from where Python has started.
    (empty := tmp_path / "empty").mkdir()
    starts = [(by_hashlib(empty, 1), by_hashlib(empty, 2), ours(empty)) for _ in range(ROUNDS)]
    first, second, third = (median(costs).seconds for costs in zip(*starts, strict=True))
    alone = one.seconds - first
    ratio, possible = alone / (mine.seconds - third), alone / (two.seconds - second)
    # What it would be on processors that nobody else keeps busy.
    idle = 2 * min(each.cpu for each, _, _ in rounds) / min(each.cpu for _, _, each in rounds)
    show(
        capsys,
        f"2 GB: {ratio:.2f} times one core's hashlib on {dirhash.processors()} processors (two "
        f"processes of hashlib: {possible:.2f}; by processor time: {idle:.2f}), "
        f"{PARTS * PART / 1e6 / mine.seconds:.0f} MB/s, {mine.megabytes:.0f} MB of memory",
    )
    assert ratio >= 1.8 or (possible < 1.8 and idle >= 1.8)
    assert mine.megabytes < 100


def test_twenty_thousand_small_files_take_less_than_three_seconds(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "small"
    for number in range(SMALL):
        path = folder / f"{number % 200}/{number}"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"%d\n" % number * (number % 300))
    mine = median([ours(folder) for _ in range(ROUNDS)])
    show(
        capsys,
        f"{SMALL} small files: {mine.seconds:.2f} s, {mine.cpu:.2f} s of processor time, "
        f"{mine.megabytes:.0f} MB of memory",
    )
    assert mine.seconds < 3
    assert mine.megabytes < 100
