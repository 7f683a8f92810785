"""A world whose jobs go to the stand-in for HTCondor that acts."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.lab import lab
from tests.servers.condor_acting import install

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
    shutil.rmtree(folder)
