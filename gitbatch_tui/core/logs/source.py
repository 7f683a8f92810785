"""The files that a window shows, which may grow, vanish, shrink or be replaced at any time."""

from __future__ import annotations

import errno
import os
import stat
import threading
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from gitbatch_tui.core.base.watch_files import Stamp, stamp, wait_for_change
from gitbatch_tui.core.logs.search import find_bytes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from gitbatch_tui.core.logs.search import Search


NOT_THERE = "not there yet"
DELETED = "deleted"
CHUNK = 1 << 20
READING = os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC
"""How a file is opened: a pipe in its place must not hold us up."""

_PROBE = 64
MEANWHILE, AFTERWARDS = 0.15, 2.0
"""Seconds between two looks at a quiet file: what a run writes is seen within 0.2; one that is
settled writes no more."""
TREE, SETTLED = "tree", "settled"
"""The names, in the folder of a run, of its run tree and of what says that it is over."""


@dataclass(frozen=True)
class Seen:
    """The state of a file at one moment."""

    size: int = 0
    generation: int = 0
    """It changes where what stood at an offset before may be another text now."""
    state: str = ""
    """What is the matter right now; empty where nothing is."""
    event: str = ""
    """What happened at the start of this generation; empty for the first."""


class Source(Protocol):
    """Bytes at offsets. Any method may be called from any thread, and may take its time."""

    piece: int
    """No line is longer: more than that without a newline is read as several."""

    def look(self) -> Seen:
        """Look at the file: its size now, and what happened to it."""
        ...

    def read(self, offset: int, length: int) -> bytes:
        """Up to `length` bytes; fewer at the end, or when the file has changed under us."""
        ...

    def chunks(self, offset: int, end: int) -> Iterator[bytes]:
        """Everything in between, for copying; ends early when the file does."""
        ...

    def find(self, search: Search) -> int | None:
        """The offset of the next, or last, occurrence; None as well when it was cancelled."""
        ...

    def follow(self, changed: Callable[[], None]) -> None:
        """Call `changed` whenever there is something new to see; returns when closed."""
        ...

    def close(self) -> None:
        """End `follow` and what else is going on."""
        ...


class LogFile:
    """A file of this machine; read at offsets, never mapped, never loaded."""

    piece = 1 << 27

    def __init__(
        self,
        path: Path,
        clock: Callable[[], datetime] = datetime.now,
        *,
        settled: Path | None = None,
    ) -> None:
        """Once there is a file `settled`, more is hardly expected, and it is seldom looked at."""
        self.path = path
        self._clock = clock
        self._settled = settled
        self._lock = threading.RLock()
        self._closed = threading.Event()
        self._file: int | None = None
        self._inode = 0
        self._seen = Seen(state=NOT_THERE)
        self._probe = (0, b"")

    def look(self) -> Seen:
        with self._lock:
            if not self._closed.is_set():
                self._seen = self._look()
            return self._seen

    def read(self, offset: int, length: int) -> bytes:
        with self._lock:
            if self._file is None:
                return b""
            try:
                return os.pread(self._file, length, offset)
            except OSError:
                # A stale handle of a network file system: the next look opens the file again.
                self._let_go()
                raise

    def chunks(self, offset: int, end: int) -> Iterator[bytes]:
        while offset < end and (chunk := self.read(offset, min(CHUNK, end - offset))):
            yield chunk
            offset += len(chunk)

    def find(self, search: Search) -> int | None:
        return find_bytes(self.read, self.look().size, search)

    def follow(self, changed: Callable[[], None]) -> None:
        # What was seen before this began may have changed in between.
        while not self._closed.is_set():
            before = self._stamp()
            changed()
            over = self._settled is not None and self._settled.exists()
            seldom = AFTERWARDS if over else MEANWHILE
            wait_for_change(self._stamp, before, self._closed, seldom=seldom)

    def close(self) -> None:
        self._closed.set()
        with self._lock:
            self._let_go()

    def _look(self) -> Seen:
        there = self._stamp()
        if there is None:
            state = DELETED if self._file is not None else NOT_THERE
            return Seen(self._seen.size, self._seen.generation, state, self._seen.event)
        if self._file is None or there.inode != self._inode:
            return self._opened(replaced=self._file is not None)
        size = there.size
        if size < self._seen.size or not self._is_as_before():
            return self._next("truncated", size)
        self._remember(size)
        return Seen(size, self._seen.generation, "", self._seen.event)

    def _stamp(self) -> Stamp | None:
        # The path may be another one by now.
        return stamp(self.path)

    def _open(self) -> int:
        return os.open(self.path, READING)

    def _opened(self, *, replaced: bool) -> Seen:
        try:
            new = self._open()
        except FileNotFoundError:
            return self._seen
        except OSError as error:
            return Seen(0, self._seen.generation, error.strerror or str(error))
        self._let_go()
        self._file = new
        found = os.fstat(new)
        self._inode = found.st_ino
        if replaced:
            return self._next("rotated", found.st_size)
        self._remember(found.st_size)
        return Seen(found.st_size, self._seen.generation)

    def _next(self, what: str, size: int) -> Seen:
        self._remember(size)
        event = f"{what} at {self._clock().astimezone():%H:%M:%S}"
        return Seen(size, self._seen.generation + 1, "", event)

    def _remember(self, size: int) -> None:
        # Cut and written again beyond its old size, a file still differs just before that.
        start = max(0, size - _PROBE)
        self._probe = (start, self.read(start, size - start))

    def _is_as_before(self) -> bool:
        start, probe = self._probe
        return self.read(start, len(probe)) == probe

    def _let_go(self) -> None:
        if self._file is not None:
            with suppress(OSError):
                os.close(self._file)
        self._file = None


class TreeFile(LogFile):
    """Reads a file also behind links, as long as these stay within the run tree."""

    def __init__(self, folder: Path, path: str) -> None:
        """`folder` is that of the run; the path is below its run tree."""
        super().__init__(folder / TREE / path, settled=folder / SETTLED)
        self._folder = folder

    def _open(self) -> int:
        place = inside(self._folder, self.path)
        if place is None:
            raise OSError(errno.EXDEV, "leads out of the run tree")
        opened = os.open(place, READING | os.O_NOFOLLOW)
        if not stat.S_ISREG(os.fstat(opened).st_mode):
            os.close(opened)
            raise OSError(errno.EINVAL, "is no regular file")
        return opened


def inside(folder: Path, path: Path) -> Path | None:
    """The path behind all links; None where that isn't in the run tree of this folder.

    A run tree that is itself a link is none.
    """
    place = Path(os.path.realpath(path))
    return place if place.is_relative_to(Path(os.path.realpath(folder)) / TREE) else None
