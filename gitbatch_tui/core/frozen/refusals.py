"""Refuses to freeze what can't be frozen well, before anything moves."""

import os
import re
import stat
from typing import TYPE_CHECKING

from gitbatch_tui.core.dirhash import shown
from gitbatch_tui.core.frozen import FrozenError
from gitbatch_tui.core.frozen.copy import fail
from gitbatch_tui.core.frozen.use import processes, runs, within
from gitbatch_tui.core.frozen.verify import frozen_in

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

MOUNTS = "/proc/self/mountinfo"


def refuse(place: bytes, archive: bytes, bases: "Sequence[bytes]" = ()) -> None:
    """Raise `FrozenError` with the reason; `place` and `archive` are real paths."""
    name = shown(place)
    if not os.path.isdir(place):
        raise FrozenError(f"{name} isn't a directory.")
    _refuse_each_other(place, archive)
    if within(os.getcwdb(), place):
        raise FrozenError(f"{name} is, or holds, the folder where you are: name the data in it.")
    for base in map(os.path.realpath, bases):
        if within(base, place):
            raise FrozenError(f"{name} holds the batch remote {shown(base)}.")
    for mounted in mounts():
        if within(mounted, place):
            raise FrozenError(f"{name} holds a mount point, {shown(mounted)}: unmount it first.")
    _refuse_others(place)
    _refuse_unwritable(os.path.dirname(place), name)
    _refuse_unwritable(_nearest(archive), name)
    for user in (*runs(place, bases), *processes(place)):
        raise FrozenError(f"{name} is in use by {user}: freeze it when that is over.")


def _refuse_each_other(place: bytes, archive: bytes) -> None:
    """Refuse one inside of the other, or of frozen data, which root could write to."""
    name, other = shown(place), f"{shown(archive)} lies inside"
    if within(place, archive):
        raise FrozenError(f"{name} lies inside the archive {shown(archive)}: choose another one.")
    if within(archive, place):
        raise FrozenError(f"The archive {other} {name}: choose another one.")
    if frozen_in(place):
        raise FrozenError(f"{name} is, or lies inside, frozen data, which has to stay as it is.")
    if frozen_in(archive):
        raise FrozenError(f"The archive {other} frozen data: choose another one.")


def mounts() -> "Iterator[bytes]":
    """Yield the mount points, as far as the system tells."""
    try:
        with open(MOUNTS, "rb") as file:
            lines = file.read().splitlines()
    except OSError:
        return
    for line in lines:
        place = line.split(b" ")[4]
        yield re.sub(rb"\\([0-7]{3})", lambda octal: bytes([int(octal.group(1), 8)]), place)


def _refuse_others(place: bytes) -> None:
    names: dict[tuple[int, int], tuple[int, int, bytes]] = {}
    top = os.lstat(place)
    for path in _all(place):
        info = os.lstat(path)
        if info.st_uid != os.geteuid():
            raise FrozenError(f"{shown(path)} isn't yours: only its owner can make it read-only.")
        if info.st_dev != top.st_dev:
            raise FrozenError(f"{shown(path)} is a mount point: unmount it first.")
        if stat.S_ISREG(info.st_mode) and info.st_nlink > 1:
            seen = names.get((info.st_dev, info.st_ino), (0, 0, path))[0]
            names[info.st_dev, info.st_ino] = (seen + 1, info.st_nlink, path)
    for seen, links, path in names.values():
        if seen < links:
            raise FrozenError(
                f"{shown(path)} has another name elsewhere (a hard link), through which it could "
                "be changed: replace it by a copy first."
            )


def _all(place: bytes) -> "Iterator[bytes]":
    yield place
    for folder, folders, files in os.walk(place, onerror=fail):
        for name in folders + files:
            yield os.path.join(folder, name)


def _refuse_unwritable(folder: bytes, name: str) -> None:
    if not os.access(folder, os.W_OK | os.X_OK):
        raise FrozenError(f"You may not write in {shown(folder)}, so {name} can't be frozen.")


def _nearest(path: bytes) -> bytes:
    """The folder itself, or the first above it that is there."""
    while not os.path.isdir(path):
        if os.path.lexists(path):
            raise FrozenError(f"{shown(path)} isn't a directory.")
        path = os.path.dirname(path)
    return path
