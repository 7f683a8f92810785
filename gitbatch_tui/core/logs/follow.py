"""Follows a growing file of a run byte by byte, across lost connections, cuts and replacements."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from gitbatch_tui.core.hosts.backoff import Backoff
from gitbatch_tui.core.server.calls import CHANGED, SIGNAL
from gitbatch_tui.errors import Unreachable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager

    from gitbatch_tui.core.hosts.host import Stream
    from gitbatch_tui.core.server.client import Server


def follow(
    server: Server,
    run: int,
    file: str = "log",
    offset: int = 0,
    say: Callable[[str], None] = lambda _: None,
) -> Follow:
    """The bytes of a run's file from `offset` on, until the run is settled.

    `say` is told, in a sentence, when the connection was lost and when the file began anew.
    """
    return Follow(server, run, file, offset, say)


class Follow:
    """Iterating gives each byte once; raises `Unreachable` when the first contact fails."""

    def __init__(
        self, server: Server, run: int, file: str, offset: int, say: Callable[[str], None]
    ) -> None:
        self.offset = offset
        """The bytes that came, from the start of the file as it is now."""
        self._server = server
        self._run = run
        self._file = file
        self._say = say
        self._closed = threading.Event()
        self._stream: Stream | None = None

    def __iter__(self) -> Iterator[bytes]:
        backoff = Backoff(self._server.host.name, self._closed)
        ended = False
        while not ended and not self._closed.is_set():
            try:
                with self._open() as self._stream:
                    backoff.reached()
                    for chunk in self._stream:
                        backoff.worked()
                        self.offset += len(chunk)
                        yield chunk
                    ended = self._is_over(self._stream)
            except Unreachable as error:
                backoff.wait(error, self._say)

    def close(self) -> None:
        """Stop, from any thread; iterating then ends."""
        self._closed.set()
        if self._stream:
            self._stream.close()

    def _open(self) -> AbstractContextManager[Stream]:
        return self._server.files.stream(self._run, self._file, self.offset, follow=True)

    def _is_over(self, stream: Stream) -> bool:
        failure = self._server.failure_of(stream)
        if failure is None:
            return True
        if stream.status == CHANGED:
            self._say(f"{failure} It is read from its start.")
            self.offset = 0
            return False
        if (stream.status or 0) > SIGNAL:
            raise Unreachable("What reads the log over there was ended.")
        raise failure
