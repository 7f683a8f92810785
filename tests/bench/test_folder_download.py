"""A folder of a thousand small files: what copying it costs, here and over a slow line."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from gitbatch_tui.core.results.get import get
from tests.bench.measure import show
from tests.support.servers.sshd import HOST, Sshd

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.project import Project

pytestmark = pytest.mark.timeout(0)

FILES = 1000
ROUND_TRIPS = 10
"""Of as many single files may a folder that is far away have the waits, beside its own work."""


def test_a_folder_far_away_waits_no_longer_than_a_few_files_do(
    project: Project, sshd: Sshd, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    number = project.finish(f"mkdir d; for n in $(seq {FILES}); do echo $n >d/$n; done")
    here = seconds(project, number, "d", tmp_path / "here")
    project.move_behind(HOST)
    sshd.delay(0.1)
    seconds(project, number, "d/1", tmp_path / "opens the connection")
    one = min(seconds(project, number, f"d/{n}", tmp_path / f"one-{n}") for n in (2, 3, 4))
    far = seconds(project, number, "d", tmp_path / "far")
    again = seconds(project, number, "d", tmp_path / "far")
    show(capsys, f"{FILES} files here {here:.1f} s; 100 ms away {far:.1f} s, one file {one:.1f} s")
    show(capsys, f"the same once more, compared: {again:.1f} s")
    assert max(far, again) < here + ROUND_TRIPS * one


def seconds(project: Project, number: int, path: str, dest: Path) -> float:
    began = time.perf_counter()
    got = get(project.batch, number, path, dest)
    taken = time.perf_counter() - began
    assert not got.left
    return taken
