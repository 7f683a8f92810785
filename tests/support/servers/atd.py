"""The real at, with its daemon: one that runs here already, or one of the tests' own."""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.support.waiting import alive, wait_until

if TYPE_CHECKING:
    from collections.abc import Iterator

ATD = Path("/usr/sbin/atd")
PID_FILE = Path("/run/atd.pid")
USERS = Path(tempfile.gettempdir(), f"gitbatch-tests-atd-{os.getuid()}.lock")


def runs() -> bool:
    try:
        return alive(int(PID_FILE.read_text()))
    except (OSError, ValueError):
        return False


@pytest.fixture(scope="session")
def atd() -> Iterator[None]:
    """Jobs that are given to `at` run while this lasts."""
    if not (ATD.exists() and shutil.which("at")):
        pytest.skip("at isn't installed")
    if not runs() and os.getuid() != 0:
        pytest.skip("atd doesn't run, and only root can start it")
    with USERS.open("a") as users:
        # Tests run in several processes; the one that started atd ends it last.
        fcntl.flock(users, fcntl.LOCK_SH)
        started = None if runs() else subprocess.Popen([ATD, "-f"], start_new_session=True)
        wait_until(runs, 10, "atd")
        yield
        fcntl.flock(users, fcntl.LOCK_UN)
        if started and started.poll() is None:
            fcntl.flock(users, fcntl.LOCK_EX)
            started.terminate()
            started.wait(10)
