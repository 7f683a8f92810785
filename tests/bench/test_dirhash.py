"""How fast a directory is hashed, against one core's hashlib in one run, and in what memory."""

from __future__ import annotations

import random
import subprocess
import sys
from functools import partial
from typing import TYPE_CHECKING

import pytest

from gitbatch_tui.core.dirhash import Scheme, Tree, hash_tree, processors
from tests.bench.measure import medians, show

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.timeout(0)

PARTS = 4
PART = 512 << 20
SMALL = 20_000
ROUNDS = 3
PEAK = """
import resource, sys
from gitbatch_tui.core.dirhash import Scheme, Tree, hash_tree
hash_tree(Tree(sys.argv[1]), Scheme())
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


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


def by_hashlib(folder: Path, processes: int) -> None:
    """As many processes as that, and each does its part of the files."""
    paths = sorted(folder.iterdir())
    parts = [paths[number::processes] for number in range(processes)]
    started = [subprocess.Popen([sys.executable, "-c", HASHLIB, *part]) for part in parts]
    assert [process.wait() for process in started] == [0] * processes


def ours(folder: Path) -> None:
    hash_tree(Tree(str(folder)), Scheme())


def peak_megabytes(folder: Path) -> float:
    said = subprocess.check_output([sys.executable, "-c", PEAK, folder], text=True)
    return int(said) * 1024 / 1e6


def test_two_gigabytes_take_less_than_one_core_would(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "large"
    folder.mkdir()
    for part in range(PARTS):
        # Seeded: content that isn't sparse, and no secret.
        content = random.Random(part).randbytes(1 << 20)  # noqa: S311
        with (folder / f"part{part}").open("wb") as file:
            for _ in range(PART >> 20):
                file.write(content)
    took = medians(
        {
            "one core": partial(by_hashlib, folder, 1),
            "two": partial(by_hashlib, folder, 2),
            "ours": partial(ours, folder),
        },
        ROUNDS,
        lambda: None,
    )
    ratio = took["one core"] / took["ours"]
    possible = took["one core"] / took["two"]
    memory = peak_megabytes(folder)
    rate = PARTS * PART / 1e6 / took["ours"]
    show(
        capsys,
        f"2 GB: {ratio:.2f} times one core's hashlib on {processors()} processors (two processes "
        f"of hashlib: {possible:.2f}), {rate:.0f} MB/s, {memory:.0f} MB of memory",
    )
    # Where others keep the processors busy, two processes don't get twice as much, either.
    assert ratio >= min(1.8, 0.9 * possible)
    assert memory < 100


def test_twenty_thousand_small_files_take_less_than_three_seconds(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "small"
    for number in range(SMALL):
        path = folder / f"{number % 200}/{number}"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"%d\n" % number * (number % 300))
    took = medians({"ours": partial(ours, folder)}, ROUNDS, lambda: None)
    memory = peak_megabytes(folder)
    show(capsys, f"{SMALL} small files: {took['ours']:.2f} s, {memory:.0f} MB of memory")
    assert took["ours"] < 3
    assert memory < 100
