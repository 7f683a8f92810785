"""What an export of 1 GB in 1,000 files needs, beside git's own archive of the same."""

from __future__ import annotations

import resource
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

from tests.bench.measure import show

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.project import Project

pytestmark = pytest.mark.timeout(0)

FILES = 1000
JOB = (
    f"mkdir out; i=0; while test $i -lt {FILES}; do head -c 1048576 /dev/urandom >out/$i; "
    "i=$((i + 1)); done"
)
MEMORY = 200
"""Megabytes that it may need."""
RATIO = 1.5
COMMITTED = 300
"""Seconds in which git has made a commit of it, also on a busy machine."""


def seconds(*command: str | Path) -> float:
    begin = time.monotonic()
    subprocess.run(command, check=True, stdin=subprocess.DEVNULL)
    return time.monotonic() - begin


def test_a_gigabyte_is_exported_at_the_speed_of_the_disk(
    project: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    project.world.settled(project.begin(JOB), COMMITTED)
    project.world.git("fetch", "-q", "batch", "master")
    program = [sys.executable, "-m", "gitbatch_tui", "-C", str(project.world.clone)]
    clone, root = project.world.clone, project.world.root
    archive = f"git -C '{clone}' archive FETCH_HEAD | zip -q -0 '{root}/a.zip' -"
    seconds("sh", "-c", archive)  # so that both find the same caches
    (project.world.root / "a.zip").unlink()
    theirs = seconds("sh", "-c", archive)
    ours = seconds(*program, "export", "1", "--to", project.world.root / "b.zip")
    used = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    show(capsys, f"1 GB exported: {ours:.1f} s, archive {theirs:.1f} s, {used:.0f} MB")
    assert ours <= RATIO * theirs
    assert used < MEMORY
