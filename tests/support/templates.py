"""Folders that each process of the tests makes once, and has again wherever a test wants one."""

from __future__ import annotations

import atexit
import os
import shutil
import stat
import tempfile
from dataclasses import dataclass
from functools import cache
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_numbers = count(1)


class _Entry(NamedTuple):
    name: str
    """Its path below the folder."""
    status: os.stat_result
    content: bytes
    """Of a file; where a link leads."""


@dataclass(frozen=True)
class Template:
    """A folder to copy, as it was read: that takes a quarter of the time."""

    root: bytes
    entries: tuple[_Entry, ...]
    """Each folder before what is in it."""

    @classmethod
    def made_by(cls, make: Callable[[Path], object]) -> Template:
        """Let `make` fill a new folder."""
        root = common_folder() / str(next(_numbers))
        make(root)
        return cls(os.fsencode(root), tuple(_entries(str(root), len(str(root)))))

    def copy(self, to: Path) -> None:
        """Make `to` such a folder, as if it had been made there."""
        own, place = os.fsencode(to), str(to)
        to.mkdir(parents=True, exist_ok=True)
        for name, status, content in self.entries:
            _make(place + name, status, content.replace(self.root, own))


def _make(path: str, status: os.stat_result, content: bytes) -> None:
    # There are some hundred thousand of them, and pathlib takes three times as long.
    if stat.S_ISLNK(status.st_mode):
        os.symlink(content, os.fsencode(path))  # noqa: PTH211  # of many, quickly
        return
    if stat.S_ISDIR(status.st_mode):
        Path(path).mkdir(exist_ok=True)  # a disk may be mounted there
    else:
        file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL)
        try:
            os.write(file, content)
        finally:
            os.close(file)
        os.utime(path, ns=(status.st_mtime_ns, status.st_mtime_ns))
    os.chmod(path, stat.S_IMODE(status.st_mode))  # noqa: PTH101  # as above


def _entries(folder: str, skipped: int) -> Iterator[_Entry]:
    with os.scandir(folder) as entries:
        for entry in entries:
            status, content = entry.stat(follow_symlinks=False), b""
            if entry.is_symlink():
                content = os.fsencode(Path(entry.path).readlink())
            elif entry.is_file():
                content = Path(entry.path).read_bytes()
            yield _Entry(entry.path[skipped:], status, content)
            if entry.is_dir(follow_symlinks=False):
                yield from _entries(entry.path, skipped)


@cache
def common_folder() -> Path:
    """A folder of this process that everybody may enter, as pytest's own may not."""
    folder = tempfile.mkdtemp(prefix="gitbatch-templates-")
    atexit.register(shutil.rmtree, folder)
    Path(folder).chmod(0o755)
    return Path(folder)
