"""A world in each system that the server side has to run in."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.hooks.conftest import world_under
from tests.support.worlds import SYSTEMS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.support.worlds import World


@pytest.fixture(params=SYSTEMS)
def system(
    clean_environment: Path, tmp_path: Path, request: pytest.FixtureRequest
) -> Iterator[World]:
    """A batch remote and a clone there."""
    del clean_environment
    yield from world_under(request.param, tmp_path, request)
