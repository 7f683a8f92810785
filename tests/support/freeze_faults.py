"""Directories that are frozen under faults, and what must be true of them afterwards."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from gitbatch_tui.core.dirhash import Scheme
from gitbatch_tui.core.frozen import FrozenError
from gitbatch_tui.core.frozen.freeze import Freezing
from gitbatch_tui.core.frozen.verify import verify

if TYPE_CHECKING:
    from collections.abc import Iterator

CALLS = (
    "rename mkdir symlink chmod fchmod fchmodat unlink unlinkat rmdir write openat fsync utimensat"
).split()
"""What changes the world; as Python on Linux and x86-64 uses them."""
AT_THESE = ["--seccomp-bpf"]
"""Has strace stop a program at these calls alone, which makes it several times as fast."""
PROGRAM = """
import sys
from gitbatch_tui.core.dirhash import Scheme
from gitbatch_tui.core.frozen.freeze import Freezing
Freezing(sys.argv[1].encode(), sys.argv[2].encode(), Scheme(block="16")).freeze()
"""
CONTENT = {
    "a": b"some bytes, more than one block of them",
    "empty": b"",
    "folder/b": b"other bytes",
    "folder/deep/c\n\\n": b"x",
}


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

    def points(self) -> Iterator[tuple[str, int]]:
        """The calls of a process that goes well: which, and the how many-th."""
        trace = self.root / "trace"
        done = self._trace([*AT_THESE, "-o", str(trace), "-e", f"trace={','.join(CALLS)}"])
        assert done.returncode == 0, done.stderr
        seen = dict.fromkeys(CALLS, 0)
        for line in trace.read_text(errors="replace").splitlines():
            match = re.match(r"\d+ +(\w+)\(", line)
            if match:
                call = match[1]
                seen[call] += 1
                if call != "openat" or "O_CREAT" in line:
                    yield call, seen[call]

    def disturb(self, call: str, number: int, what: str) -> subprocess.CompletedProcess[str]:
        inject = f"inject={call}:{what}:when={number}"
        # Its signals aren't sent otherwise.
        alone = AT_THESE if what.startswith("error") else []
        return self._trace([*alone, "-o", "/dev/null", "-e", f"trace={call}", "-e", inject])

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

    def _trace(self, options: list[str]) -> subprocess.CompletedProcess[str]:
        program = [sys.executable, "-S", "-c", PROGRAM, str(self.place), str(self.archive)]
        argv = ["strace", "-f", *options, *program]
        here = Path(__file__).parents[2]
        return subprocess.run(argv, cwd=here, capture_output=True, text=True, check=False)


SMALL = Scheme(block="16")


def fill(place: Path) -> None:
    for name, data in CONTENT.items():
        path = place / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)


def content(place: Path) -> dict[str, bytes]:
    files = (path for path in place.rglob("*") if path.is_file())
    return {str(path.relative_to(place)): path.read_bytes() for path in files}
