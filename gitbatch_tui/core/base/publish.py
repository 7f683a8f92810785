"""Puts files in place without overwriting any, and without leaving the folder they belong in."""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


def create(written: Path, target: Path) -> None:
    """Give a complete file its name; raises `FileExistsError` where there is one of that name."""
    try:
        os.link(written, target, follow_symlinks=False)
    except FileExistsError:
        raise
    except OSError:  # a file system without hard links
        if os.path.lexists(target):
            raise
        written.replace(target)
    else:
        written.unlink()


def obstacle(root: Path, target: Path) -> str:
    """Why a path doesn't lead through folders below `root`; empty where it does, or could."""
    for parent in target.relative_to(root).parents[-2::-1]:
        try:
            mode = (root / parent).lstat().st_mode
        except FileNotFoundError:
            return ""
        if not stat.S_ISDIR(mode):
            return f"{parent} is no folder here"
    return ""
