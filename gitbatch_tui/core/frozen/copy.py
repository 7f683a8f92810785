"""Copies, removes and protects directories; errors are the system's own."""

import os
import shutil
import stat
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from gitbatch_tui.core.dirhash import Tree

CHUNK = 1 << 20
WRITING = 0o222


def copy(tree: "Tree", to: bytes, tell: "Callable[[str], object]") -> None:
    """Copy a tree, with modes and times, and have it on the disk."""
    os.mkdir(to, 0o700)
    done = 0
    for entry in tree.entries:
        if entry.is_link:
            os.symlink(entry.target, os.path.join(to, entry.path.rstrip(b"/")))
            continue
        if not entry.is_file:
            os.mkdir(os.path.join(to, entry.path), 0o700)
            continue
        _copy_file(tree.full(entry.path), os.path.join(to, entry.path))
        done += entry.size
        tell(f"copying: {100 * done // max(1, tree.size)} %")
    for entry in reversed(tree.entries):
        if not entry.is_file and not entry.is_link:
            _finish(tree.full(entry.path), os.path.join(to, entry.path))
    _finish(tree.root, to)


def _copy_file(source: bytes, to: bytes) -> None:
    with open(source, "rb", buffering=0) as reading, open(to, "xb", buffering=0) as writing:
        shutil.copyfileobj(reading, writing, CHUNK)
        shutil.copystat(source, to)
        os.fsync(writing.fileno())


def _finish(source: bytes, to: bytes) -> None:
    sync(to)
    shutil.copystat(source, to)
    # It has to be removable until it is in its place.
    os.chmod(to, stat.S_IMODE(os.stat(to).st_mode) | 0o700)


def sync(folder: bytes) -> None:
    """Have a directory's names on the disk."""
    file = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(file)
    finally:
        os.close(file)


def remove(place: bytes) -> None:
    """Remove a directory, also one that is read-only."""
    os.chmod(place, 0o700)
    for folder, folders, _ in os.walk(place, onerror=fail):
        for path in [os.path.join(folder, name) for name in folders]:
            if not os.path.islink(path):
                os.chmod(path, 0o700)
    shutil.rmtree(place)


def protect(place: bytes) -> None:
    """Take everybody's right to write from a directory and all in it."""
    for folder, _, files in os.walk(place, topdown=False, onerror=fail):
        for path in [os.path.join(folder, name) for name in files] + [folder]:
            mode = os.lstat(path).st_mode
            # A link has no rights of its own; those of what it leads to would be taken for it.
            if mode & WRITING and not stat.S_ISLNK(mode):
                os.chmod(path, stat.S_IMODE(mode) & ~WRITING)


def fail(error: OSError) -> None:
    """Raise the error: os.walk would pass over what it can't read."""
    raise error
