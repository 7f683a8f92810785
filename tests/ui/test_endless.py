"""A batch remote that answers without an end: the screen lives, says so, and stays small."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.support.paint import Screen
from tests.support.terminal import LEAVES, OURS
from tests.support.worlds import JOB_OF_ITS_OWN

if TYPE_CHECKING:
    from tests.support.project import Project

MOST_MEMORY = 200
"""MB."""


@pytest.mark.parametrize(
    "says",
    ["cat /dev/zero", "yes run=1", r"printf 'gitbatch\tnow=99999999999999\nend\n'"],
    ids=["a line without an end", "lines without an end", "a year that no calendar has"],
)
def test_the_screen_lives_and_says_it_of_that_remote(project: Project, says: str) -> None:
    project.world.commit({"schedule.sh": JOB_OF_ITS_OWN})
    program = project.world.repo / "gitbatch/gitbatch"
    program.write_text(f"#!/bin/sh\n{says}\n")
    screen = Screen(OURS, project.world.clone)
    try:
        screen.until("Runs on batch", "bad answer")
        used = memory_of(screen.process.pid)
        screen.type(b"q")
        screen.until(LEAVES.decode())
        assert screen.process.wait(10) == 0
    finally:
        screen.close()
    assert used < MOST_MEMORY


def memory_of(pid: int) -> int:
    """The most that a process has used until now, in MB."""
    found = re.search(r"VmHWM:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text())
    return int(found[1]) >> 10 if found else 0
