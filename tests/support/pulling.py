"""What tests of pulling do and look at."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gitbatch_tui.core.results.pull import bring, look

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gitbatch_tui.core.results.arrival import PullResult, Way
    from tests.support.project import Project


def pull(project: Project, number: int, way: Way | None = None) -> PullResult:
    return bring(look(project.batch, number), way)


def files(project: Project) -> Mapping[str, str]:
    """What the work tree holds; a link is shown as where it leads."""
    found = {}
    for path in sorted(project.world.clone.rglob("*")):
        name = str(path.relative_to(project.world.clone))
        if not name.startswith(".git/") and (path.is_symlink() or path.is_file()):
            found[name] = f"-> {path.readlink()}" if path.is_symlink() else path.read_text()
    return found
