"""Many result files are delivered, pulled and compared; all of them in tests/bench."""

from __future__ import annotations

from tests.lab import Lab, lab
from tests.many_results import bring_all

__all__ = ["lab"]

LIMIT = 200
"""Megabytes that a command may need."""


def test_many_result_files_come_home_within_bounds(lab: Lab) -> None:
    assert max(bring_all(lab, 2000).values()) < LIMIT
