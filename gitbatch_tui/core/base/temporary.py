"""Temporary folders, of which those that a killed program has left are removed by the next one."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from gitbatch_tui.core.base.identity import Identity

if TYPE_CHECKING:
    from collections.abc import Iterator

_OWNER = ".gitbatch-tui-owner"
"""Beside what the folder is for: whose it is."""


@contextmanager
def temporary_folder() -> Iterator[Path]:
    """A folder of this process alone, where the system keeps such; it is gone afterwards."""
    prefix = f"gitbatch-tui-{os.getuid()}-tmp-"
    _sweep(Path(tempfile.gettempdir()), prefix)
    with tempfile.TemporaryDirectory(prefix=prefix) as name:
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
