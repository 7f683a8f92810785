"""The real task-spooler, with a queue of the test's own."""

from __future__ import annotations

import os
import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def tsp(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The folder of a queue that runs one job at a time; it ends with the test."""
    if not shutil.which("tsp"):
        pytest.skip("task-spooler isn't installed")
    folder = tmp_path / "tsp"
    folder.mkdir()
    monkeypatch.setenv("TMPDIR", str(folder))
    monkeypatch.setenv("TS_SOCKET", str(folder / "socket"))
    env = dict(os.environ)
    yield folder
    subprocess.run(["tsp", "-K"], env=env, check=False)
