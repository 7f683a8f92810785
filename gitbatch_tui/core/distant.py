"""A file of a run on a server as something to look onto: read in blocks, followed as a stream."""

from __future__ import annotations

import threading
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

from gitbatch_tui.core.blocks import BLOCK, Blocks
from gitbatch_tui.core.calls import CALL, Calls, lines_of
from gitbatch_tui.core.report import number_of
from gitbatch_tui.core.source import DELETED, NOT_THERE, Seen
from gitbatch_tui.core.text import one_line
from gitbatch_tui.errors import CommandFailed, GitBatchError, Unreachable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager

    from gitbatch_tui.core.host import Host, Stream
    from gitbatch_tui.core.report import LogStat
    from gitbatch_tui.core.search import Search

CHANGED = 4
"""How the server ends a stream when the file was cut, replaced or deleted."""
FIRST_PAUSE, LONGEST_PAUSE = 0.5, 30.0
"""Seconds before a connection that was lost is tried again."""

_SKIPPED = 1 << 20
"""Where more than this has come meanwhile, it is read when somebody looks."""


class Logs(Protocol):
    """What is needed of a `Server`."""

    @property
    def host(self) -> Host: ...

    @property
    def base(self) -> str: ...

    def log(
        self, run: int, file: str = "log", offset: int = 0, size: int | None = None
    ) -> bytes: ...

    def read_log(
        self, run: int, file: str = "log", offset: int = 0, *, follow: bool = False
    ) -> AbstractContextManager[Stream]: ...

    def log_stat(self, run: int, file: str = "log") -> LogStat: ...

    def failure_of(self, stream: Stream) -> GitBatchError | None: ...


class DistantFile:
    """The file `file` of a run, as the server's `gitbatch log` gives it."""

    piece = 1 << 20

    def __init__(
        self,
        server: Logs,
        run: int,
        file: str = "log",
        *,
        clock: Callable[[], datetime] = datetime.now,
        pause: float = FIRST_PAUSE,
    ) -> None:
        self._server, self._run, self._file = server, run, file
        self._clock = clock
        self._first_pause = self._pause = pause
        self._lock = threading.RLock()
        self._asked = False
        self._asking = threading.Lock()
        self._closed = threading.Event()
        self._stream: Stream | None = None
        self._blocks = Blocks()
        self._inode = 0
        self._size = 0
        self._generation = 0
        self._state = ""
        self._event = ""
        self._last_byte: datetime | None = None

    def look(self) -> Seen:
        if not self._asked:
            self._ask()
        with self._lock:
            return Seen(self._size, self._generation, self._state, self._event)

    def read(self, offset: int, length: int) -> bytes:
        end = min(offset + length, self._size)
        first = offset // BLOCK
        data = b""
        for number in range(first, -(-end // BLOCK)):
            data += (block := self._block(number))
            if len(block) < BLOCK:
                break
        return data[offset - first * BLOCK : end - first * BLOCK]

    def chunks(self, offset: int, end: int) -> Iterator[bytes]:
        with self._server.read_log(self._run, self._file, offset) as stream:
            for chunk in stream:
                yield chunk[: end - offset]
                offset += len(chunk)
                if offset >= end:
                    return
            self._check(stream)

    def find(self, search: Search) -> int | None:
        calls = Calls(self._server.host, self._server.base)
        bound = "--before" if search.backwards else "--after"
        place = ("log", str(self._run), "--file", self._file)
        words = (*place, "--find", search.text, bound, str(search.start))
        with calls.stream(CALL, *words) as stream:
            search.on_cancel(stream.close)
            found = number_of("".join(lines_of(stream)).strip())
        if found is None and stream.stderr.strip():
            calls.check(stream)
        return None if search.cancelled else found

    def follow(self, changed: Callable[[], None]) -> None:
        going = True
        while going and not self._closed.is_set():
            going = self._follow_once(changed)
            changed()
            if going:
                self._closed.wait(self._pause)
                self._pause = min(2 * self._pause, LONGEST_PAUSE)

    def close(self) -> None:
        self._closed.set()
        with self._lock:
            if self._stream:
                self._stream.close()

    def _follow_once(self, changed: Callable[[], None]) -> bool:
        """Follow as long as the connection holds; False when nothing more can come."""
        try:
            self._ask()
            changed()
            with self._server.read_log(self._run, self._file, self._size, follow=True) as stream:
                self._listen(stream, changed)
            self._check(stream)
            self._ask()
        except CommandFailed as error:
            self._pause = self._first_pause
            if error.status != CHANGED:
                self._state = one_line(str(error))
        except Unreachable:
            last = f", last byte at {self._last_byte:%H:%M:%S}" if self._last_byte else ""
            self._state = f"reconnecting{last}"
        except GitBatchError as error:
            self._state = one_line(str(error))
        else:
            return False
        return True

    def _listen(self, stream: Stream, changed: Callable[[], None]) -> None:
        with self._lock:
            self._stream = stream
            if self._closed.is_set():
                stream.close()
        for chunk in stream:
            self._append(chunk)
            changed()
        with self._lock:
            self._stream = None

    def _check(self, stream: Stream) -> None:
        if failure := self._server.failure_of(stream):
            raise failure

    def _append(self, chunk: bytes) -> None:
        with self._lock:
            self._blocks.append(self._size, chunk)
            self._size += len(chunk)
            self._state = ""
            self._last_byte = self._clock()
            self._pause = self._first_pause

    def _ask(self) -> None:
        """Ask for size and identity, and see what has happened."""
        with self._asking:
            found = self._server.log_stat(self._run, self._file)
            with self._lock:
                self._take(found)
                self._asked = True

    def _take(self, found: LogStat) -> None:
        if not found.inode:
            self._state = DELETED if self._inode else NOT_THERE
            return
        self._state = ""
        if self._inode and found.inode != self._inode:
            self._begin_again("rotated", found.size)
        elif found.size < self._size:
            self._begin_again("truncated", found.size)
        elif not self._inode or found.size - self._size > _SKIPPED:
            self._size = found.size
        self._inode = found.inode

    def _begin_again(self, what: str, size: int) -> None:
        self._blocks.clear()
        self._size = size
        self._generation += 1
        self._event = f"{what} at {self._clock():%H:%M:%S}"

    def _block(self, number: int) -> bytes:
        with self._lock:
            size, generation = self._size, self._generation
            block = self._blocks.get(number, size)
        if block is not None:
            return block
        data = self._server.log(self._run, self._file, number * BLOCK, BLOCK)
        with self._lock:
            if generation == self._generation:
                self._blocks.put(number, data[: max(0, self._size - number * BLOCK)])
        return data
