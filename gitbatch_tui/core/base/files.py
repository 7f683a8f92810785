"""Temporary folders, and files that are put in place without overwriting any."""

from __future__ import annotations

import json
import os
import shutil
import stat
import tempfile
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from gitbatch_tui.core.base.identity import Identity
from gitbatch_tui.core.base.text import one_line
from gitbatch_tui.errors import Refused

if TYPE_CHECKING:
    from collections.abc import Iterator

_OWNER = ".gitbatch-tui-owner"
"""Beside what the folder is for: whose it is."""


@contextmanager
def temporary_folder(place: Path | None = None) -> Iterator[Path]:
    """A folder of this process alone, in `place` or where the system keeps such.

    It is gone afterwards; those of programs that were killed go with the next one there.
    """
    prefix = f"{'.' if place else ''}gitbatch-tui-{os.getuid()}-tmp-"
    _sweep(place or Path(tempfile.gettempdir()), prefix)
    with tempfile.TemporaryDirectory(prefix=prefix, dir=place) as name:
        folder = Path(name)
        owner = folder / _OWNER
        owner.write_text(json.dumps(Identity.of(os.getpid()).facts), "ascii")
        yield folder


def _sweep(place: Path, prefix: str) -> None:
    for folder in place.glob(f"{prefix}*"):
        with suppress(OSError, ValueError):
            owner = Identity.parse(json.loads((folder / _OWNER).read_text("ascii")))
            mine = folder.lstat().st_uid == os.getuid() and not folder.is_symlink()
            if mine and owner and owner.is_gone():
                shutil.rmtree(folder, ignore_errors=True)


def write(target: Path, data: bytes) -> None:
    """Write a file that a person has named, as a whole; raises `Refused` where that can't be done.

    What was there before is kept then.
    """
    try:
        if target.exists() and not target.is_file():  # such as /dev/stdout
            target.write_bytes(data)
        else:
            # `resolve` raises something else for links in a circle.
            _replace(Path(os.path.realpath(target)), data)
    except OSError as error:
        raise Refused(f"{one_line(str(target))} could not be written: {error.strerror}.") from error


def _replace(target: Path, data: bytes) -> None:
    draft = target.with_name(f".{target.name[:40]}.{os.getpid()}.tmp")
    try:
        draft.write_bytes(data)
        draft.replace(target)
    except OSError:
        draft.unlink(missing_ok=True)
        raise


def is_folder(path: Path) -> bool:
    """True for a folder; what can't be looked at, such as a name that is too long, is none."""
    try:
        return path.is_dir()
    except OSError:
        return False


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
    """Say why a path doesn't lead through folders below `root`; empty where it does, or could."""
    for parent in target.relative_to(root).parents[-2::-1]:
        try:
            mode = (root / parent).lstat().st_mode
        except FileNotFoundError:
            return ""
        if not stat.S_ISDIR(mode):
            return f"{parent} is no folder here"
    return ""
