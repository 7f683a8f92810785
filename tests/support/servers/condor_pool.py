"""A world whose jobs go to the stand-in for HTCondor that acts."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.support.servers.condor_acting import install
from tests.support.waiting import wait_until

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.support.project import Project


@pytest.fixture
def pool(project: Project, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The folder of its programs and jobs; they are on the PATH of the project."""
    # Jobs may run as somebody who can't enter the tests' own folders.
    folder = Path(tempfile.mkdtemp(prefix="condor-stand-in-"))
    folder.chmod(0o755)
    install(folder)
    path = f"{folder / 'bin'}:{project.world.env['PATH']}"
    monkeypatch.setenv("PATH", path)
    project.world.env["PATH"] = path
    yield folder
    _end_jobs(folder / "queue")
    shutil.rmtree(folder)


def _end_jobs(queue: Path) -> None:
    """End what a failed test left, and let those that write their last words finish."""
    for path in queue.glob("*"):
        with contextlib.suppress(OSError, KeyError):
            os.killpg(json.loads(path.read_text())["Pid"], signal.SIGKILL)
    wait_until(lambda: not list(queue.glob("*")), 20, "the end of all jobs")
