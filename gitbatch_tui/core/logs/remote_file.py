"""A file of a run on a server as something to look onto: read in blocks, followed as a stream."""

from __future__ import annotations

import threading
from datetime import datetime
from typing import TYPE_CHECKING

from gitbatch_tui.core.base.text import one_line
from gitbatch_tui.core.hosts.backoff import FIRST, LONGEST, NEEDS_A_PERSON, Pauses
from gitbatch_tui.core.logs.remote_file_state import BLOCK, FileIdentity, RemoteFileState
from gitbatch_tui.core.server.calls import CALL, CHANGED, SIGNAL, Calls, lines_of
from gitbatch_tui.core.server.protocol import number_of
from gitbatch_tui.errors import (
    CommandFailed,
    GitBatchError,
    Unreachable,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from gitbatch_tui.core.hosts.host import Stream
    from gitbatch_tui.core.logs.search import Search
    from gitbatch_tui.core.logs.source import Seen
    from gitbatch_tui.core.server.client import Server


class RemoteFile:
    """The file `file` of a run, as the server's `gitbatch log` gives it."""

    piece = 1 << 20

    def __init__(
        self,
        server: Server,
        run: int,
        file: str = "log",
        *,
        clock: Callable[[], datetime] = datetime.now,
        pause: float = FIRST,
    ) -> None:
        self._server, self._run, self._file = server, run, file
        self._known = RemoteFileState(clock)
        self._pauses = Pauses(pause, LONGEST)
        self._asking = threading.Lock()
        self._opening = threading.Lock()
        self._closed = threading.Event()
        self._stream: Stream | None = None

    def look(self) -> Seen:
        if not self._known.asked:
            self._ask()
        return self._known.seen

    def read(self, offset: int, length: int) -> bytes:
        end = min(offset + length, self._known.size)
        first = offset // BLOCK
        data = b""
        for number in range(first, -(-end // BLOCK)):
            data += (block := self._block(number))
            if len(block) < BLOCK:
                break
        return data[offset - first * BLOCK : end - first * BLOCK]

    def chunks(self, offset: int, end: int) -> Iterator[bytes]:
        with self._server.files.stream(self._run, self._file, offset) as stream:
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
            found = number_of(next(lines_of(stream), "").strip())
        if found is None and stream.stderr.strip():
            self._check(stream)
        return None if search.cancelled else found

    def follow(self, changed: Callable[[], None]) -> None:
        while not self._closed.is_set():
            is_over = self._follow_once(changed)
            changed()
            if is_over:
                return
            self._closed.wait(self._pauses.seconds)
            self._pauses.grow()

    def close(self) -> None:
        self._closed.set()
        with self._opening:
            if self._stream:
                self._stream.close()

    def _follow_once(self, changed: Callable[[], None]) -> bool:
        """Follow as long as the connection holds; True when nothing more can come."""
        try:
            self._ask()
            changed()
            return self._listen(changed)
        except CommandFailed as error:
            self._explain(error)
        except NEEDS_A_PERSON as error:
            self._known.trouble(one_line(str(error)))
        except Unreachable as error:
            if self._known.asked:
                self._known.lost()
            else:
                self._known.trouble(one_line(str(error)))
        except GitBatchError as error:
            self._known.trouble(one_line(str(error)))
        return False

    def _explain(self, error: CommandFailed) -> None:
        if error.status == CHANGED:
            self._known.was_cut = True
            self._pauses.reset()
        elif error.status > SIGNAL:
            self._known.lost()
        else:
            self._known.trouble(one_line(str(error)))

    def _listen(self, changed: Callable[[], None]) -> bool:
        """Take what comes; True if it came to its end."""
        fate, size = self._known.fate, self._known.size
        with self._server.files.stream(self._run, self._file, size, follow=True) as stream:
            self._keep(stream)
            if not self._take(stream, fate, changed):
                return False
        self._check(stream)
        if not self._closed.is_set():
            self._ask()
        return True

    def _keep(self, stream: Stream) -> None:
        """Let `close` find the stream."""
        with self._opening:
            self._stream = stream
            if self._closed.is_set():
                stream.close()

    def _take(self, stream: Stream, fate: FileIdentity, changed: Callable[[], None]) -> bool:
        """Take the bytes of a stream; False where it turns out to be that of another file."""
        is_ours = False
        for chunk in stream:
            if not is_ours:
                # Between asking and opening, another file may have taken its place.
                self._ask(streaming=True)
                is_ours = self._known.fate == fate
            if not is_ours:
                return False
            self._known.append(chunk)
            self._pauses.reset()
            changed()
        return True

    def _check(self, stream: Stream) -> None:
        if failure := self._server.failure_of(stream):
            raise failure

    def _ask(self, *, streaming: bool = False) -> None:
        """Ask for size and identity, and see what has happened."""
        with self._asking:
            found = self._server.files.stat(self._run, self._file)
            self._known.answer(found, streaming=streaming)

    def _block(self, number: int) -> bytes:
        block, generation = self._known.block(number)
        if block is None:
            block = self._server.files.read(self._run, self._file, number * BLOCK, BLOCK)
            self._known.keep(number, block, generation)
        return block
