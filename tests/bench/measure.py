"""Times several ways of doing one thing in turn, and prints them as ratios."""

from __future__ import annotations

import itertools
import os
import statistics
import sys
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import pytest


def medians(
    ways: Mapping[str, Callable[[], object]], rounds: int, before: Callable[[], object]
) -> dict[str, float]:
    """Seconds each way takes; every round calls `before`, then each way, in an order of its own.

    What one way wrote is on disk before the next one starts, so that none pays for another.
    """
    times: dict[str, list[float]] = {name: [] for name in ways}
    orders = itertools.cycle(itertools.permutations(ways))
    for turn in range(rounds + 1):
        before()
        for name in next(orders):
            os.sync()
            start = time.perf_counter()
            ways[name]()
            taken = time.perf_counter() - start
            if turn:  # the first round warms up
                times[name].append(taken)
    return {name: statistics.median(taken) for name, taken in times.items()}


def show(capsys: pytest.CaptureFixture[str], line: str) -> None:
    """Print past pytest's capture."""
    with capsys.disabled():
        sys.stdout.write(f"\n  {line}\n")
