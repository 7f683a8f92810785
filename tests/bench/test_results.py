"""What 50,000 result files need, from the job's end to a comparison."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from tests.bench.measure import show
from tests.support.many_results import bring_all

if TYPE_CHECKING:
    from tests.support.project import Project

pytestmark = pytest.mark.timeout(0)

FILES = 50_000
LIMIT = 200
"""Megabytes that a command may need."""


def test_fifty_thousand_result_files_come_home_within_bounds(
    project: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    begin = time.monotonic()
    used = bring_all(project, FILES)
    words = ", ".join(f"{name} {size:.0f} MB" for name, size in used.items())
    show(capsys, f"{FILES} result files: {time.monotonic() - begin:.0f} s, {words}")
    assert max(used.values()) < LIMIT
