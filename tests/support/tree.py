"""Remembers how a folder was at many moments, and puts it back to any of them."""

from __future__ import annotations

import contextlib
import os
import shutil
import stat
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

TICK = 50_000_000
"""Nanoseconds; a file may have changed twice within one tick of its clock, and look the same."""


class Entry(NamedTuple):
    """What a path is: its mode, and what it holds or where it leads."""

    mode: int
    content: bytes
    links: tuple[str, ...]
    """All names of this very file."""


@dataclass(frozen=True)
class State:
    """A folder, if it is there, and the paths below it, each folder before what is in it."""

    entries: dict[str, Entry]
    written: dict[str, int] = field(compare=False)
    """When, in nanoseconds."""

    def __hash__(self) -> int:
        return hash(frozenset(self.entries.items()))


class Tree:
    def __init__(self, root: Path) -> None:
        self.root = root
        self._read: dict[tuple[int, ...], bytes] = {}
        """Contents, by what tells a file from all others."""

    def look(self) -> State:
        """The folder as it is: what two looks saw, since something may be under way."""
        before = self._look()
        while (now := self._look()) != before:
            before = now
        return now

    def _look(self) -> State:
        # Some ten thousand times; pathlib takes three times as long.
        names: dict[int, list[str]] = {}
        seen: dict[str, tuple[os.stat_result, bytes]] = {}
        for path in (str(self.root), *self._paths(str(self.root))):
            with contextlib.suppress(FileNotFoundError):
                status = os.lstat(path)
                seen[path] = status, self._content(path, status)
                names.setdefault(status.st_ino, []).append(path)
        return State(
            {
                path: Entry(status.st_mode, content, tuple(names[status.st_ino]))
                for path, (status, content) in seen.items()
            },
            {path: status.st_mtime_ns for path, (status, _) in seen.items()},
        )

    def _paths(self, folder: str) -> list[str]:
        found = []
        with contextlib.suppress(FileNotFoundError), os.scandir(folder) as entries:
            for entry in sorted(entries, key=lambda entry: entry.name):
                found.append(entry.path)
                if entry.is_dir(follow_symlinks=False):
                    found += self._paths(entry.path)
        return found

    def _content(self, path: str, status: os.stat_result) -> bytes:
        if stat.S_ISLNK(status.st_mode):
            return os.readlink(os.fsencode(path))  # noqa: PTH115  # of many, quickly
        if not stat.S_ISREG(status.st_mode):
            return b""
        changed = status.st_ctime_ns
        key = (status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns, changed)
        if key not in self._read or changed > time.time_ns() - TICK:
            with open(path, "rb", buffering=0) as file:  # noqa: PTH123  # as above
                self._read[key] = file.read()
        return self._read[key]

    def put_back(self, state: State) -> None:
        """Make the folder so again; what is as it was is left alone."""
        now = self._look()
        entries, wanted = now.entries, state.entries
        for path in reversed(list(entries)):
            if entries[path] != wanted.get(path):
                _remove(path, entries[path], wanted.get(path))
        for path, entry in wanted.items():
            is_new = entries.get(path) != entry
            if is_new:
                _make(path, entry)
            if stat.S_ISREG(entry.mode) and (is_new or now.written[path] != state.written[path]):
                os.utime(path, ns=(state.written[path], state.written[path]))


def _remove(path: str, entry: Entry, wanted: Entry | None) -> None:
    if not stat.S_ISDIR(entry.mode):
        Path(path).unlink()
    elif not (wanted and stat.S_ISDIR(wanted.mode)):
        shutil.rmtree(path)


def _make(path: str, entry: Entry) -> None:
    place = Path(path)
    if stat.S_ISLNK(entry.mode):
        place.symlink_to(os.fsdecode(entry.content))
        return
    if stat.S_ISDIR(entry.mode):
        place.mkdir(exist_ok=True)
    elif entry.links[0] != path:
        os.link(entry.links[0], path)
        return
    else:
        place.write_bytes(entry.content)
    place.chmod(stat.S_IMODE(entry.mode))
