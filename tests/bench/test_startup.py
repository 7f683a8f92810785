"""How long the help takes, against importing the command-line library and nothing else."""

from __future__ import annotations

import subprocess
import sys
import time
from typing import TYPE_CHECKING

from tests.bench.measure import show

if TYPE_CHECKING:
    import pytest

ALLOWED = 1.5
ROUNDS = 25


def seconds(*arguments: str) -> float:
    start = time.perf_counter()
    subprocess.run([sys.executable, *arguments], stdout=subprocess.DEVNULL, check=True)
    return time.perf_counter() - start


def test_the_help_takes_hardly_longer_than_importing_click(
    capsys: pytest.CaptureFixture[str],
) -> None:
    # The quickest of each: whatever else the machine does can only add to it.
    pairs = [
        (seconds("-m", "gitbatch_tui", "--help"), seconds("-c", "import click"))
        for _ in range(ROUNDS)
    ]
    ours, theirs = (min(times) for times in zip(*pairs, strict=True))
    ratio = ours / theirs
    show(capsys, f"help: {ratio:.2f} times `import click`")
    assert ratio < ALLOWED
