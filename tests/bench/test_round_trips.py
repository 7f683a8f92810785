"""How many commands over ssh each command of the program needs, once the connection is open."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.bench.measure import show
from tests.support.command_line import call
from tests.support.servers.sshd import HOST, Sshd

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.project import Project

pytestmark = pytest.mark.timeout(0)

ALLOWED = {
    "runs": 1,
    "show 1": 1,
    "wait 1": 0,
    "log 1": 1,
    "log 1 -f": 2,
    "get 1 out": 2,
    "diff 1": 1,
    "pull 1": 1,
    "pull": 1,
    "cancel 1 --yes": 3,
    # It asks, and records that all is green; what is recorded is fetched the next time.
    "verify 1": 2,
    "verify 1 --json": 2,
    "verify 1 --without-data": 1,
}


def test_commands_need_few_round_trips(
    project: Project, sshd: Sshd, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    project.finish("echo 1 >out; echo said")
    project.move_behind(HOST)
    call(project, "runs")
    call(project, "pull")
    for words, allowed in ALLOWED.items():
        before = sshd.log.count("Starting session")
        call(project, *words.split(), *([str(tmp_path / "copy")] if "get" in words else []))
        trips = sshd.log.count("Starting session") - before
        show(capsys, f"{words}: {trips} round trips")
        assert trips <= allowed, words
