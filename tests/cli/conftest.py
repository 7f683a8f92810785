"""What the tests of commands share."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.support.project import Project


@pytest.fixture
def quick_python(project: Project) -> None:
    """The Python of every job: one that answers at once, however busy the machine is."""
    path = project.world.root / "bin/python3"
    project.world.script(path, "#!/bin/sh\necho python version: 1.0\n")
    project.world.env["PATH"] = f"{path.parent}:{project.world.env['PATH']}"
