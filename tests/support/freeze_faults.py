"""Directories that are frozen under faults, and what must be true of them afterwards."""

from __future__ import annotations

import errno
import os
import shutil
import signal
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from gitbatch_tui.core.dirhash import Scheme
from gitbatch_tui.core.frozen import FrozenError
from gitbatch_tui.core.frozen.freeze import Freezing
from gitbatch_tui.core.frozen.verify import verify
from tests.support.seccomp import Supervised

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.support.seccomp import Call

CALLS = {
    *("rename", "mkdir", "symlink", "chmod", "fchmod", "fchmodat", "unlink", "unlinkat"),
    *("rmdir", "write", "openat", "fsync", "utimensat"),
}
"""What changes the world; as Python on Linux and x86-64 uses them."""
CONTENT = {
    "a": b"some bytes, more than one block of them",
    "empty": b"",
    "folder/b": b"other bytes",
    "folder/deep/c\n\\n": b"x",
}


class Done(NamedTuple):
    """How a process ended, and what it said."""

    status: int
    said: str


@dataclass
class FreezeTrial:
    """One directory, its archive, and a process that freezes it."""

    root: Path
    archive: Path

    @property
    def place(self) -> Path:
        return self.root / "beside/data"

    def build(self, *, archived: bool = False) -> None:
        """The directory as it is at first; `archived`: its content is in the archive already."""
        for folder in (self.root / "beside", self.root / "other", self.archive):
            if folder.exists():
                subprocess.run(["chmod", "-R", "u+w", folder], check=True)
                shutil.rmtree(folder)
        if archived:
            fill(self.root / "other/twin")
            self.freeze(self.root / "other/twin")
        fill(self.place)

    def freeze(self, place: Path | None = None) -> str:
        freezing = Freezing(os.fsencode(place or self.place), os.fsencode(self.archive), SMALL)
        return freezing.freeze()

    def points(self) -> list[int]:
        """The calls of a process that goes well, counted from 1."""
        found: list[int] = []

        def note(number: int, _: Call) -> int:
            found.append(number)
            return 0

        done = self._supervise(note)
        assert done.status == 0, done.said
        return found

    def kill_at(self, point: int) -> Done:
        def kill(number: int, call: Call) -> int:
            if number == point:
                os.kill(call.process, signal.SIGKILL)
            return 0

        return self._supervise(kill)

    def fail_at(self, point: int, error: str) -> Done:
        code: int = getattr(errno, error)
        return self._supervise(lambda number, _: code if number == point else 0)

    def lost(self) -> str:
        """What is wrong with the data, wherever it is; empty if it is whole."""
        places = [self.place, *self.place.parent.glob(".gitbatch-original-*")]
        places += self.archive.glob("v1-*") if self.archive.exists() else []
        wholes = [place for place in places if place.is_dir() and content(place) == CONTENT]
        return "" if wholes else f"nowhere whole: {places}"

    def is_frozen(self) -> None:
        """Assert that all is as it has to be after freezing."""
        assert self.place.is_symlink()
        assert content(self.place) == CONTENT
        assert [verdict.good for verdict in verify(os.fsencode(self.place))] == [True]
        assert [path.name for path in self.place.parent.iterdir()] == ["data"]
        names = {path.name for path in self.archive.iterdir()}
        (value,) = {name for name in names if not name.endswith(".manifest")}
        assert names == {value, f"{value}.manifest"}
        writable = [path for path in self.archive.rglob("*") if path.stat().st_mode & 0o222]
        assert writable == []

    def complete(self) -> None:
        """Give the same command again; it may have been complete already."""
        try:
            self.freeze()
        except FrozenError as error:
            assert "frozen data already" in str(error), error  # noqa: PT017  # it may not raise
        self.is_frozen()

    def _supervise(self, before: Callable[[int, Call], int]) -> Done:
        """Freeze in a process of its own; `before` hears of each call, and says its error, or 0."""
        number = 0
        with Path(os.devnull).open("rb") as stdin, tempfile.TemporaryFile() as output:
            program = Supervised(
                self.freeze, at=self.root, env=os.environ, stdin=stdin, output=output
            )
            for call in program.calls():
                error = 0
                if call.name in CALLS and call.changes:
                    number += 1
                    error = before(number, call)
                program.answer(call, error)
            output.seek(0)
            return Done(program.process.returncode, output.read().decode())


SMALL = Scheme(block="16")


def fill(place: Path) -> None:
    for name, data in CONTENT.items():
        path = place / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)


def content(place: Path) -> dict[str, bytes]:
    files = (path for path in place.rglob("*") if path.is_file())
    return {str(path.relative_to(place)): path.read_bytes() for path in files}
