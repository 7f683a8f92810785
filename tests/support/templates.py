"""Folders that each process of the tests makes once, and copies wherever a test wants one."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from dataclasses import dataclass
from functools import cache
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

_numbers = count(1)


@dataclass(frozen=True)
class Template:
    """A folder to copy."""

    root: Path
    names_itself: tuple[Path, ...]
    """The files in it, relative to it, in which its own path is written."""

    @classmethod
    def made_by(cls, make: Callable[[Path], object]) -> Template:
        """Let `make` fill a new folder."""
        root = common_folder() / str(next(_numbers))
        make(root)
        files = [path for path in root.rglob("*") if path.is_file() and not path.is_symlink()]
        own = os.fsencode(root)
        named = (path.relative_to(root) for path in files if own in path.read_bytes())
        return cls(root, tuple(named))

    def copy(self, to: Path) -> None:
        """Make `to` such a folder, as if it had been made there."""
        shutil.copytree(self.root, to, symlinks=True, dirs_exist_ok=True)
        for name in self.names_itself:
            text = (to / name).read_bytes()
            (to / name).write_bytes(text.replace(os.fsencode(self.root), os.fsencode(to)))


@cache
def common_folder() -> Path:
    """A folder of this process that everybody may enter, as pytest's own may not."""
    folder = tempfile.mkdtemp(prefix="gitbatch-templates-")
    atexit.register(shutil.rmtree, folder)
    Path(folder).chmod(0o755)
    return Path(folder)
