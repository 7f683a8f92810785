"""Finds a text in a file of any size, forwards and backwards, and can be stopped."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable

    Read = Callable[[int, int], bytes]

CHUNK = 1 << 20
_NEWS = 64 * CHUNK


class Findable(Protocol):
    """A file that can be searched."""

    def find(self, search: Search) -> int | None: ...


class Search:
    """One search: what for, from where, and how far it has come."""

    def __init__(
        self,
        text: str,
        start: int,
        *,
        backwards: bool = False,
        progress: Callable[[float], None] = lambda _: None,
    ) -> None:
        """`progress` hears how much is done, from 0 to 1, in the thread that searches."""
        self.text = text
        self.needle = text.encode("utf-8", "surrogateescape")
        self.start = start
        """The first byte that counts; backwards, the first one that doesn't."""
        self.backwards = backwards
        self.near = False
        """Whether it goes backwards only after it has gone forwards."""
        self.progress = progress
        self._cancelled = threading.Event()
        self._on_cancel: Callable[[], None] = lambda: None

    @property
    def cancelled(self) -> bool:
        return self._cancelled.is_set()

    def cancel(self) -> None:
        """Stop, from any thread."""
        self._cancelled.set()
        self._on_cancel()

    def on_cancel(self, end: Callable[[], None]) -> None:
        """Have `end` called when the search is cancelled; at once when it was already."""
        self._on_cancel = end
        if self.cancelled:
            end()


def find_near(source: Findable, search: Search) -> int | None:
    """The first occurrence from where the search starts; if there is none, the last one before."""
    found = source.find(search)
    if found is None and not search.cancelled:
        search.backwards = search.near = True
        found = source.find(search)
    return found


def find_bytes(read: Read, size: int, search: Search) -> int | None:
    """Search what `read(offset, length)` gives, up to `size`."""
    if not search.needle:
        return None
    found = _backwards(read, size, search) if search.backwards else _forwards(read, size, search)
    return None if search.cancelled else found


def _forwards(read: Read, size: int, search: Search) -> int | None:
    needle, at = search.needle, search.start
    overlap = len(needle) - 1
    while at < size and not search.cancelled:
        data = read(at, CHUNK + overlap)
        found = data.find(needle)
        if found >= 0:
            return at + found
        if len(data) <= overlap:
            return None
        at += CHUNK
        _tell(search, at - search.start, size - search.start)
    return None


def _backwards(read: Read, size: int, search: Search) -> int | None:
    needle, end = search.needle, min(search.start, size)
    overlap = len(needle) - 1
    whole = end
    while end > 0 and not search.cancelled:
        start = max(0, end - CHUNK)
        # An occurrence begins before `end`; it may reach beyond, but not beyond the limit.
        data = read(start, min(end + overlap, whole) - start)
        found = data.rfind(needle)
        if found >= 0:
            return start + found
        end = start
        _tell(search, whole - end, whole)
    return None


def _tell(search: Search, done: int, whole: int) -> None:
    if done % _NEWS < CHUNK:
        search.progress(min(1.0, done / max(1, whole)))
