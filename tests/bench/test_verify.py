"""How long verifying takes over ssh, once the connection is open."""

from __future__ import annotations

import time

import pytest

from gitbatch_tui.core.verify.verify import verify
from tests.bench.measure import show
from tests.lab import Lab, lab
from tests.servers.sshd import HOST, sshd

__all__ = ["lab", "sshd"]

pytestmark = pytest.mark.timeout(0)

LIMIT = 1.0
"""Seconds, with the round trips of a machine to itself."""


@pytest.mark.usefixtures("sshd")
def test_a_run_without_data_is_verified_in_a_second(
    lab: Lab, capsys: pytest.CaptureFixture[str]
) -> None:
    files = {f"file{number}": f"{number}\n" for number in range(200)}
    lab.finish("echo 1 >out", **files)
    lab.move_behind(HOST)
    verify(lab.batch, 1)
    times = []
    for _ in range(5):
        begin = time.monotonic()
        verify(lab.batch, 1)
        times.append(time.monotonic() - begin)
    show(capsys, f"verify over ssh, 200 files: {min(times):.2f} to {max(times):.2f} s")
    assert min(times) < LIMIT
