"""What the tests of core share."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest

from gitbatch_tui.core.git.opening import open_clone
from gitbatch_tui.core.hosts.pool import Hosts

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from gitbatch_tui.core.git.repo import Clone


@pytest.fixture
def clone(tmp_path: Path) -> Iterator[Clone]:
    """A clone without a commit or a remote."""
    folder = tmp_path / "clone"
    subprocess.run(["git", "init", "-q", folder], check=True)
    with open_clone(folder) as opened:
        yield opened


@pytest.fixture
def hosts() -> Iterator[Hosts]:
    """The hosts of a test, closed at its end."""
    with Hosts() as opened:
        yield opened
