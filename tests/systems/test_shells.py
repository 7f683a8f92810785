"""Shells that read our programs in a way of their own hand over to another, or say so."""

from __future__ import annotations

import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest

from tests.support.worlds import JOB_OF_ITS_OWN, Shell, World

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(params=["ksh", "posh", "mksh"])
def korn(request: pytest.FixtureRequest) -> Shell:
    if not shutil.which(request.param):
        pytest.skip(f"{request.param} is not installed")
    return Shell.named(request.param)


def test_a_korn_shell_hands_over_to_a_shell_that_can(korn: Shell, tmp_path: Path) -> None:
    world = World(tmp_path / "world", korn).build()
    run = world.submit({"schedule.sh": JOB_OF_ITS_OWN, "run.sh": "#!/bin/sh\necho 1 >new\n"})
    facts = world.settled(run)
    assert world.bare("show", f"{facts['result']}:new") == "1"


def test_a_korn_shell_alone_is_named_and_nothing_is_started(korn: Shell, tmp_path: Path) -> None:
    world = World(tmp_path / "world", korn).build()
    alone = tmp_path / "alone"
    alone.mkdir()
    (alone / "sh").symlink_to(korn.sh.resolve())
    # Without them, it would look for a shell in the system's folders, too.
    for name in ("awk", "date", "grep", "ln", "mkdir", "mv", "rm", "sed", "test"):
        (alone / name).symlink_to(shutil.which(name) or name)
    done = subprocess.run(
        [world.repo / "gitbatch/gitbatch", "status"],
        env={"PATH": str(alone)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert done.stderr.startswith("gitbatch: sh is a Korn shell here, which can't run this")
    assert "install dash or bash" in done.stderr
