"""Copies single files of a run tree, each wholly or not at all, and says what became of them."""

from __future__ import annotations

import fcntl
import hashlib
import os
import subprocess
import threading
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import IO, TYPE_CHECKING

from gitbatch_tui.core.base.files import create, obstacle
from gitbatch_tui.core.base.format import abbreviated
from gitbatch_tui.core.base.text import one_line
from gitbatch_tui.core.git.names import is_safe
from gitbatch_tui.core.hosts.backoff import Backoff
from gitbatch_tui.errors import BadAnswer, Stopped, Unreachable

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from gitbatch_tui.core.batch.batch import Batch
    from gitbatch_tui.core.hosts.host import Stream

PARTIAL = ".gitbatch-part"
"""What the name of a file ends with until it is complete; before it stands whose file it is."""
_SHOWN = 40
_BUSY = "another gitbatch-tui is copying it just now"


@dataclass
class DownloadResult:
    """The files that came, and those that did not."""

    copied: list[Path] = field(default_factory=list)
    there: list[Path] = field(default_factory=list)
    """Those that were here already, with the same content."""
    left: dict[str, str] = field(default_factory=dict)
    """Those that weren't copied, by their path in the run tree, and why."""

    def add(self, other: DownloadResult) -> None:
        """Add the files of another result."""
        self.copied += other.copied
        self.there += other.there
        self.left |= other.left


class DownloadProgress:
    """Hears what comes; this one does nothing with it."""

    def came(self, path: str, done: int, total: int) -> None:
        """Hear that `done` of `total` bytes have come; `path` is the file that is being copied."""

    def said(self, sentence: str) -> None:
        """Hear that the connection was lost, or what else there is to say, as a sentence."""


class Download:
    """Copies files of one run, one after the other."""

    def __init__(
        self,
        batch: Batch,
        number: int,
        total: int,
        progress: DownloadProgress,
        hashes: Mapping[str, str] | None = None,
    ) -> None:
        """`hashes` are those that the run's record has of large files, by their paths."""
        self.got = DownloadResult()
        self._hashes = hashes or {}
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
            return "its name leads out of the destination, or to what is git's own"
        target = root / name
        if why := obstacle(root, target):
            return why
        part = self._part(path, target)
        _forget_complete(part)
        if os.path.lexists(target):
            return self._compare(path, size, target)
        target.parent.mkdir(parents=True, exist_ok=True)
        with _opened_alone(part) as file:
            if file is None:
                return _BUSY
            if why := self._fill(path, size, part, file) or self._fault(path, part):
                return why
            came = os.fstat(file.fileno()).st_size
            create(part, target)
        if came > size:
            self._progress.said(f"{one_line(path)} has grown: {came} bytes came, not {size}.")
        self.got.copied.append(target)
        return ""

    def _part(self, path: str, target: Path) -> Path:
        """The file that grows: another one for each file of each run, so that no two are mixed."""
        origin = "\0".join((self._batch.server.place, str(self._number), path))
        mark = hashlib.sha256(origin.encode("utf-8", "surrogateescape")).hexdigest()[:12]
        return target.with_name(f".{target.name[:_SHOWN]}-{mark}{PARTIAL}")

    def _compare(self, path: str, size: int, target: Path) -> str:
        plain = target.is_file() and not target.is_symlink()
        if plain and target.stat().st_size == size and self._is_same(path, target):
            self.got.there.append(target)
            return ""
        return f"{target} is here already, and is another one: move it away, or name another place"

    def _fault(self, path: str, part: Path) -> str:
        """Say why what came isn't what the record has; such a file is removed."""
        if (known := self._hashes.get(path)) is None:
            return ""
        with part.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        if digest == known:
            return ""
        part.unlink()
        return f"what came has another hash than its record, {abbreviated(known)}"

    def _fill(self, path: str, size: int, part: Path, file: IO[bytes]) -> str:
        """Bring the bytes that a partial file lacks."""
        begun = os.fstat(file.fileno()).st_size
        if begun > size:
            begun = 0
        self._read(path, file, begun)
        if begun and not self._is_same(path, part):
            # It was another file over there when the first bytes came.
            self._read(path, file, 0)
        came = os.fstat(file.fileno()).st_size
        while came < size:
            # An answer may end early without a word of it.
            self._read(path, file, came)
            before, came = came, os.fstat(file.fileno()).st_size
            if came == before:
                break
        if came >= size:
            return ""
        if not came:
            part.unlink()
        return f"only {came} of its {size} bytes could be read"

    def _read(self, path: str, file: IO[bytes], offset: int) -> None:
        file.truncate(offset)
        file.seek(offset)
        backoff = Backoff(self._batch.host.name, threading.Event())
        while True:
            try:
                self._append(path, file, backoff)
            except BadAnswer:
                raise
            except Unreachable as error:
                backoff.wait(error, self._progress.said)
            else:
                file.flush()
                return

    def _append(self, path: str, file: IO[bytes], backoff: Backoff) -> None:
        server = self._batch.server
        with server.files.stream(self._number, f"tree:{path}", file.tell()) as stream:
            backoff.reached()
            with self._batch.stop.ends(Closing(stream)):
                for chunk in stream:
                    file.write(chunk)
                    backoff.worked()
                    self._progress.came(path, self._done + file.tell(), self._total)
        if self._batch.stop.asked:
            raise stopped()
        if failure := server.failure_of(stream):
            raise failure

    def _is_same(self, path: str, file: Path) -> bool:
        """True if a file here has the content of the one over there."""
        with file.open("rb") as content:
            here = subprocess.run(["cksum"], stdin=content, capture_output=True, check=False)
        return here.stdout.decode().split() == self._sum_there(path).split()

    def _sum_there(self, path: str) -> str:
        """The words of `cksum` for the file over there."""
        return self._batch.server.files.checksum(self._number, f"tree:{path}")


def stopped() -> Stopped:
    """The error for a copy that somebody has stopped."""
    return Stopped("Copying was stopped; the same command goes on where it was.")


def _forget_complete(part: Path) -> None:
    """Remove the partial name of a file that has its own by now: it is somebody's."""
    with suppress(FileNotFoundError):
        if part.lstat().st_nlink > 1:
            part.unlink()


@contextmanager
def _opened_alone(part: Path) -> Iterator[IO[bytes] | None]:
    """A partial file that nobody else writes to; None where somebody does."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC
    with os.fdopen(os.open(part, flags, 0o666), "wb") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield None
            return
        except OSError:  # a file system that knows no locks
            pass
        # Whoever had it until now may have given it its own name.
        alone = os.fstat(file.fileno()).st_nlink == 1 and part.exists()
        try:
            yield file if alone else None
        except BaseException:
            with suppress(OSError):
                file.flush()
            # There is nothing in it to go on from.
            if alone and not os.fstat(file.fileno()).st_size:
                part.unlink(missing_ok=True)
            raise


class Closing:
    """A stream, as something that can be ended."""

    def __init__(self, stream: Stream) -> None:
        self._stream = stream

    def terminate(self) -> None:
        self._stream.close()
