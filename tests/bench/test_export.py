"""What an export of 1 GB in 1,000 files needs, beside git's own archive of the same."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.bench.measure import show

if TYPE_CHECKING:
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


def seconds_and_memory(*command: str | Path) -> tuple[float, float]:
    """How long a program takes, and how many megabytes it needs itself.

    What git, which it starts, maps of the repository is no memory that is lost to others.
    """
    begin = time.monotonic()
    most = 0
    with subprocess.Popen(command, stdin=subprocess.DEVNULL) as process:
        status = Path(f"/proc/{process.pid}/status")
        while process.poll() is None:
            lines = dict(line.partition(":")[::2] for line in status.read_text().splitlines())
            most = max(most, int(lines.get("VmHWM", "0").split()[0]))
            time.sleep(0.02)  # between two looks
    assert process.returncode == 0
    return time.monotonic() - begin, most / 1024


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
    ours, used = seconds_and_memory(*program, "export", "1", "--to", project.world.root / "b.zip")
    show(capsys, f"1 GB exported: {ours:.1f} s, archive {theirs:.1f} s, {used:.0f} MB")
    assert ours <= RATIO * theirs
    assert used < MEMORY
