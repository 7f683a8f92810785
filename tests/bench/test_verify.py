"""How long verifying takes over ssh, once the connection is open."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from gitbatch_tui.core.verify.verify import verify
from tests.bench.measure import show
from tests.support.servers.sshd import HOST

if TYPE_CHECKING:
    from tests.support.project import Project

pytestmark = pytest.mark.timeout(0)

LIMIT = 1.0
"""Seconds, with the round trips of a machine to itself."""


@pytest.mark.usefixtures("sshd")
def test_a_run_without_data_is_verified_in_a_second(
    project: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    files = {f"file{number}": f"{number}\n" for number in range(200)}
    project.finish("echo 1 >out", **files)
    project.move_behind(HOST)
    verify(project.batch, 1)
    times = []
    for _ in range(5):
        begin = time.monotonic()
        verify(project.batch, 1)
        times.append(time.monotonic() - begin)
    show(capsys, f"verify over ssh, 200 files: {min(times):.2f} to {max(times):.2f} s")
    assert min(times) < LIMIT
