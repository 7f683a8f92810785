"""The output of a job, as it was published with its run: it doesn't change any more."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from gitbatch_tui.core.git.opening import open_clone
from gitbatch_tui.core.logs.search import find_bytes
from gitbatch_tui.core.logs.source import CHUNK, Seen
from gitbatch_tui.core.runs.published import history_called, publishing
from gitbatch_tui.core.runs.statement import log_in

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from gitbatch_tui.core.base.journal import Journal
    from gitbatch_tui.core.logs.search import Search
    from gitbatch_tui.models import BatchRemote


class PublishedLog:
    """A log in the clone's own repository, read when somebody first looks; at most 1 MB."""

    piece = CHUNK

    def __init__(
        self, clone: Path, remote: BatchRemote, run: int, journal: Journal | None = None
    ) -> None:
        self._clone, self._remote, self._run, self._journal = clone, remote, run, journal
        self._lock = threading.Lock()
        self._closed = threading.Event()
        self._data: bytes | None = None

    def look(self) -> Seen:
        if data := self._read():
            return Seen(len(data))
        return Seen(state=f"not published; its owner can: `{publishing(self._remote)}`")

    def read(self, offset: int, length: int) -> bytes:
        return self._read()[offset : offset + length]

    def chunks(self, offset: int, end: int) -> Iterator[bytes]:
        yield self.read(offset, max(0, end - offset))

    def find(self, search: Search) -> int | None:
        return find_bytes(self.read, len(self._read()), search)

    def follow(self, changed: Callable[[], None]) -> None:
        changed()
        self._closed.wait()

    def close(self) -> None:
        self._closed.set()

    def _read(self) -> bytes:
        with self._lock:
            if self._data is None:
                with open_clone(self._clone, self._journal) as clone:
                    history = history_called(clone, self._remote.name)
                    self._data = log_in(clone, history.statement, self._run) if history else b""
            return self._data
