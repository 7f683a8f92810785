"""A world in each system that the server side has to run in."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.hooks.conftest import whole_afterwards
from tests.support.worlds import SYSTEMS, Shell, World, is_installed

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(params=SYSTEMS)
def system(
    clean_environment: Path, tmp_path: Path, request: pytest.FixtureRequest
) -> Iterator[World]:
    """A batch remote and a clone there."""
    del clean_environment
    if not is_installed(request.param):
        pytest.skip(f"{request.param} is not installed")
    shell = Shell.named(request.param)
    yield from whole_afterwards(World(tmp_path / "world", shell).build(), request)
