"""A machine without a scheduler."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from gitbatch_tui.core.schedulers.programs import SUBMITTERS


@pytest.fixture
def bare_programs(tmp_path: Path) -> Path:
    """A folder with every program of this machine that submits to no scheduler."""
    folder = tmp_path / "programs"
    folder.mkdir()
    for place in reversed(os.environ["PATH"].split(os.pathsep)):
        for program in Path(place).glob("*"):
            if program.name not in SUBMITTERS:
                link = folder / program.name
                link.unlink(missing_ok=True)
                link.symlink_to(program)
    return folder
