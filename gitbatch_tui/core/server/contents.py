"""Cuts one stream into the many files of a run tree that it was asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gitbatch_tui.core.server.protocol import garbled

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gitbatch_tui.core.hosts.host import Stream

SUM = "sum"
"""Stands in place of an offset, and asks for what `cksum` says of the file."""
GONE = 3
"""The status of a file that isn't there any more."""
_DIGITS = 3


class Contents:
    """The files in the order in which they were asked for; after each comes a mark."""

    def __init__(self, stream: Stream, mark: str) -> None:
        self.stream = stream
        self.status: int | None = None
        """That of the file whose bytes came last; None before all of them have."""
        self._chunks = iter(stream)
        self._end = f"\n{mark} ".encode()
        self._pending = b""

    def begin(self) -> None:
        """Go on to the next file."""
        self.status = None

    def pieces(self) -> Iterator[bytes]:
        """The bytes of this file that are still to come; a stream may end before all have.

        Raises `BadAnswer` for what can't be understood.
        """
        while self.status is None:
            data, end, rest = self._pending.partition(self._end)
            line, newline, others = rest.partition(b"\n")
            if end and newline:
                self._pending, self.status = others, _status(line)
            elif end and len(rest) > _DIGITS:
                raise garbled(repr(rest))
            else:
                # What may be the beginning of a mark waits for what follows.
                kept = len(self._pending) - len(data) if end else len(self._end) - 1
                data, self._pending = self._cut(kept)
            if data:
                yield data
            if self.status is None and not self._more():
                return

    def _cut(self, kept: int) -> tuple[bytes, bytes]:
        at = max(0, len(self._pending) - kept)
        return self._pending[:at], self._pending[at:]

    def _more(self) -> bool:
        chunk = next(self._chunks, b"")
        self._pending += chunk
        return bool(chunk)


def _status(line: bytes) -> int:
    if not line.isdigit() or len(line) > _DIGITS:
        raise garbled(repr(line))
    return int(line)
