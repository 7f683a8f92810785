"""What tests of pulling do and look at."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gitbatch_tui.core.results.pull import bring, look

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gitbatch_tui.core.results.arrival import Pulled, Way
    from tests.lab import Lab


def pull(lab: Lab, number: int, way: Way | None = None) -> Pulled:
    return bring(look(lab.batch, number), way)


def files(lab: Lab) -> Mapping[str, str]:
    """What the work tree holds; a link is shown as where it leads."""
    found = {}
    for path in sorted(lab.world.clone.rglob("*")):
        name = str(path.relative_to(lab.world.clone))
        if not name.startswith(".git/") and (path.is_symlink() or path.is_file()):
            found[name] = f"-> {path.readlink()}" if path.is_symlink() else path.read_text()
    return found
