"""Logs for programs, told to people: the event log of HTCondor as a timeline.

A file that isn't what its name promises is shown as it is.
"""

from __future__ import annotations

import re
import threading
from dataclasses import replace
from typing import TYPE_CHECKING

from gitbatch_tui.core.logs.search import find_bytes
from gitbatch_tui.core.logs.source import CHUNK, Seen

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator

    from gitbatch_tui.core.logs.search import Search
    from gitbatch_tui.core.logs.source import Source

MOST = 8 << 20
"""Bytes that are read of a log; of a longer one, the last."""
_NAME = re.compile(r"(?:page:)?events(?:\.[0-9._]+)?")
_EVENT = re.compile(rb"\d{3} \(\d")
_ENOUGH = len("000 (7")


def has_timeline(name: str) -> bool:
    """True if a page of this name is a log for programs."""
    return _NAME.fullmatch(name) is not None


def retell(log: bytes, clusters: Collection[str] = ()) -> bytes:
    """The whole log for people; as it is where it isn't one for programs.

    Several runs may share a log: only what is about these `clusters` is told, where some are named.
    """
    if not _EVENT.match(log):
        return log
    from gitbatch_tui.core.schedulers.condor_timeline import timeline  # noqa: PLC0415  # few logs are events

    told = timeline(log.decode("utf-8", "surrogateescape"), clusters)
    return told.encode("utf-8", "surrogateescape")


def retell_all(chunks: Iterable[bytes], clusters: Collection[str] = ()) -> Iterator[bytes]:
    """Turn a log into lines for people while it is read, as soon as there is an event for them."""
    log, told = b"", 0
    rest = iter(chunks)
    for chunk in rest:
        log += chunk
        if len(log) < _ENOUGH:
            continue
        if not _EVENT.match(log):
            yield log
            yield from rest
            return
        lines = retell(log, clusters).splitlines(keepends=True)
        yield b"".join(lines[told:])
        told = len(lines)
    if len(log) < _ENOUGH:
        yield log


class TimelineSource:
    """A file for programs as a source for people."""

    piece = CHUNK

    def __init__(self, source: Source, clusters: Collection[str] = ()) -> None:
        self._source = source
        self._clusters = clusters
        self._lock = threading.Lock()
        self._read = Seen()
        self._text = b""
        self._changes = 0

    def look(self) -> Seen:
        seen = self._source.look()
        with self._lock:
            if seen != self._read:
                start = max(0, seen.size - MOST)
                log = self._source.read(start, seen.size - start)
                self._take(retell(log, self._clusters))
                self._read = seen
            generation = seen.generation + self._changes
            return replace(seen, size=len(self._text), generation=generation)

    def read(self, offset: int, length: int) -> bytes:
        return self._text[offset : offset + length]

    def chunks(self, offset: int, end: int) -> Iterator[bytes]:
        yield self.read(offset, end - offset)

    def find(self, search: Search) -> int | None:
        return find_bytes(self.read, self.look().size, search)

    def follow(self, changed: Callable[[], None]) -> None:
        self._source.follow(changed)

    def close(self) -> None:
        self._source.close()

    def _take(self, text: bytes) -> None:
        if not text.startswith(self._text):
            self._changes += 1
        self._text = text
