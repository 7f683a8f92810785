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

from tests.lab import lab
from tests.servers.condor_acting import install
from tests.waiting import wait_until

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.lab import Lab

__all__ = ["lab"]


@pytest.fixture
def pool(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The folder of its programs and jobs; they are on the PATH of the lab."""
    # Jobs may run as somebody who can't enter the tests' own folders.
    folder = Path(tempfile.mkdtemp(prefix="condor-stand-in-"))
    folder.chmod(0o755)
    install(folder)
    path = f"{folder / 'bin'}:{lab.world.env['PATH']}"
    monkeypatch.setenv("PATH", path)
    lab.world.env["PATH"] = path
    yield folder
    _end_jobs(folder / "queue")
    shutil.rmtree(folder)


def _end_jobs(queue: Path) -> None:
    """End what a failed test left, and let those that write their last words finish."""
    for path in queue.glob("*"):
        with contextlib.suppress(OSError, KeyError):
            os.killpg(json.loads(path.read_text())["Pid"], signal.SIGKILL)
    wait_until(lambda: not list(queue.glob("*")), 20, "the end of all jobs")
