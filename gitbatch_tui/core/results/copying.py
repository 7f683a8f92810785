"""Copies single files of a run tree, each wholly or not at all, and says what became of them."""

from __future__ import annotations

import os
import subprocess
import threading
from dataclasses import dataclass, field
from typing import IO, TYPE_CHECKING

from gitbatch_tui.core.remote.backoff import Backoff
from gitbatch_tui.core.results.placing import create, obstacle
from gitbatch_tui.errors import Stopped, Unreachable

if TYPE_CHECKING:
    from pathlib import Path

    from gitbatch_tui.core.machines.host import Stream
    from gitbatch_tui.core.remote.batch import Batch

PARTIAL = ".gitbatch-part"
"""What the name of a file ends with until it is complete."""


@dataclass
class Got:
    """What became of the files."""

    copied: list[Path] = field(default_factory=list)
    there: list[Path] = field(default_factory=list)
    """Those that were here already, with the same content."""
    left: dict[str, str] = field(default_factory=dict)
    """Those that weren't copied, by their path in the run tree, and why."""


class Progress:
    """Is told what comes; this one does nothing with it."""

    def came(self, path: str, done: int, total: int) -> None:
        """So many bytes of all have come; `path` is the file that is being copied."""

    def said(self, sentence: str) -> None:
        """The connection was lost, and is taken up again."""


class Copy:
    """Copies files of one run, one after the other."""

    def __init__(self, batch: Batch, number: int, total: int, progress: Progress) -> None:
        self.got = Got()
        self._batch, self._number, self._progress = batch, number, progress
        self._total, self._done = total, 0

    def file(self, path: str, size: int, root: Path, name: str) -> None:
        """Copy a file of the run tree to its place below `root`; what prevents it is noted."""
        try:
            if why := self._copy(path, size, root, name):
                self.got.left[path] = why
        except OSError as error:
            self.got.left[path] = f"it could not be written: {error.strerror}"
        self._done += size

    def _copy(self, path: str, size: int, root: Path, name: str) -> str:
        """The reason if it was left."""
        if not is_safe(name):
            return "its name leads out of the destination"
        target = root / name
        if why := obstacle(root, target):
            return why
        if os.path.lexists(target):
            return self._compare(path, size, target)
        target.parent.mkdir(parents=True, exist_ok=True)
        part = target.with_name(target.name + PARTIAL)
        if why := self._fill(path, size, part):
            return why
        create(part, target)
        self.got.copied.append(target)
        return ""

    def _compare(self, path: str, size: int, target: Path) -> str:
        plain = target.is_file() and not target.is_symlink()
        if plain and target.stat().st_size == size and self._is_same(path, target):
            self.got.there.append(target)
            return ""
        return f"{target} is here already, and is another one"

    def _fill(self, path: str, size: int, part: Path) -> str:
        """Bring the bytes that a partial file lacks."""
        begun = part.stat().st_size if part.exists() else 0
        if begun > size:
            begun = 0
        self._read(path, part, begun)
        if begun and not self._is_same(path, part):
            # It was another file over there when the first bytes came.
            self._read(path, part, 0)
        came = part.stat().st_size
        if came >= size:
            return ""
        if not came:
            part.unlink()
        return f"only {came} of its {size} bytes could be read"

    def _read(self, path: str, part: Path, offset: int) -> None:
        flags = os.O_WRONLY | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC
        with os.fdopen(os.open(part, flags, 0o666), "wb") as file:
            file.truncate(offset)
            file.seek(offset)
            backoff = Backoff(self._batch.host.name, threading.Event())
            while True:
                try:
                    self._append(path, file, backoff)
                except Unreachable as error:
                    backoff.wait(error, self._progress.said)
                else:
                    return

    def _append(self, path: str, file: IO[bytes], backoff: Backoff) -> None:
        server = self._batch.server
        with server.read_log(self._number, f"tree:{path}", file.tell()) as stream:
            backoff.reached()
            with self._batch.stop.ends(_Closing(stream)):
                for chunk in stream:
                    file.write(chunk)
                    backoff.worked()
                    self._progress.came(path, self._done + file.tell(), self._total)
        if self._batch.stop.asked:
            raise Stopped("Copying was stopped; the same command goes on where it was.")
        if failure := server.failure_of(stream):
            raise failure

    def _is_same(self, path: str, file: Path) -> bool:
        """Whether a file here has the content of the one over there."""
        with file.open("rb") as content:
            here = subprocess.run(["cksum"], stdin=content, capture_output=True, check=False)
        there = self._batch.server.checksum(self._number, f"tree:{path}")
        return here.stdout.decode().split() == there.split()


class _Closing:
    """A stream, as something that can be ended."""

    def __init__(self, stream: Stream) -> None:
        self._stream = stream

    def terminate(self) -> None:
        self._stream.close()


def is_safe(name: str) -> bool:
    """Whether a relative path stays below the folder it is relative to."""
    return "\0" not in name and not {"", ".", ".."}.intersection(name.split("/"))
