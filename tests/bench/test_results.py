"""What 50,000 result files need, from the job's end to a comparison."""

from __future__ import annotations

import time

import pytest

from tests.bench.measure import show
from tests.lab import Lab, lab
from tests.many_results import bring_all

__all__ = ["lab"]

pytestmark = pytest.mark.timeout(0)

FILES = 50_000
LIMIT = 200
"""Megabytes that a command may need."""


def test_fifty_thousand_result_files_come_home_within_bounds(
    lab: Lab, capsys: pytest.CaptureFixture[str]
) -> None:
    begin = time.monotonic()
    used = bring_all(lab, FILES)
    words = ", ".join(f"{name} {size:.0f} MB" for name, size in used.items())
    show(capsys, f"{FILES} result files: {time.monotonic() - begin:.0f} s, {words}")
    assert max(used.values()) < LIMIT
