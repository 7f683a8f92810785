"""Many result files are delivered, pulled and compared; all of them in tests/bench."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.support.many_results import bring_all

if TYPE_CHECKING:
    from tests.support.project import Project

LIMIT = 200
"""Megabytes that a command may need."""


def test_many_result_files_come_home_within_bounds(project: Project) -> None:
    assert max(bring_all(project, 2000).values()) < LIMIT
