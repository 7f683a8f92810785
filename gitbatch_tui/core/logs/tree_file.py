"""A file in a run tree on this machine, which links must not lead out of."""

from __future__ import annotations

import errno
import os
from pathlib import Path

from gitbatch_tui.core.logs.source import READING, LogFile

TREE = "tree"
"""The name of the run tree in the folder of its run."""


class TreeFile(LogFile):
    """Reads a file also behind links, as long as these stay within the run tree."""

    def __init__(self, folder: Path, path: str) -> None:
        """`folder` is that of the run; the path is below its run tree."""
        super().__init__(folder / TREE / path)
        self._folder = folder

    def _open(self) -> int:
        place = inside(self._folder, self.path)
        if place is None:
            raise OSError(errno.EXDEV, "leads out of the run tree")
        return os.open(place, READING | os.O_NOFOLLOW)


def inside(folder: Path, path: Path) -> Path | None:
    """Where a path is behind all links; None where that isn't in the run tree of this folder.

    A run tree that is itself a link is none.
    """
    place = Path(os.path.realpath(path))
    return place if place.is_relative_to(Path(os.path.realpath(folder)) / TREE) else None
