"""Keeps what is known here of a file on a server: size, identity, the parts that were read."""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import TYPE_CHECKING

from gitbatch_tui.core.logs.source import DELETED, NOT_THERE, Seen

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from gitbatch_tui.core.server.file_answers import LogStat

BLOCK = 1 << 17
"""Bytes that are fetched at once, always from a multiple of their number."""

_KEPT = 48
_SKIPPED = 1 << 20
"""Where more than this has come meanwhile, it is read when somebody looks."""
FileIdentity = tuple[int, bool]
"""It changes where a stream that was begun before may be that of another file."""


class Blocks:
    """Blocks by their number; those that weren't used for longest are dropped."""

    def __init__(self) -> None:
        self._blocks: OrderedDict[int, bytes] = OrderedDict()

    def clear(self) -> None:
        self._blocks.clear()

    def get(self, number: int, size: int) -> bytes | None:
        """A block of a file of `size` bytes, if all of it is here."""
        block = self._blocks.get(number)
        if block is None or len(block) < min(BLOCK, size - number * BLOCK):
            return None
        self._blocks.move_to_end(number)
        return block

    def put(self, number: int, block: bytes) -> None:
        if len(block) >= len(self._blocks.get(number, b"")):
            self._blocks[number] = block
        self._blocks.move_to_end(number)
        while len(self._blocks) > _KEPT:
            self._blocks.popitem(last=False)

    def append(self, offset: int, data: bytes) -> None:
        """Add what follows at an offset, where what stands before it is here."""
        while data:
            number, inside = divmod(offset, BLOCK)
            piece = data[: BLOCK - inside]
            if len(self._blocks.get(number, b"")) == inside:
                self.put(number, self._blocks.get(number, b"") + piece)
            offset += len(piece)
            data = data[len(piece) :]


class RemoteFileState:
    """Learns from answers and from a stream; may be asked from any thread."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self.asked = False
        self.size = 0
        self.generation = 0
        self.vanished = False
        """Whether it was there and isn't: what comes next is another file."""
        self.was_cut = False
        """Whether the server said so, which its size may not show any more."""
        self._clock = clock
        self._lock = threading.RLock()
        self._blocks = Blocks()
        self._inode = 0
        self._state = ""
        self._event = ""
        self._last_byte: datetime | None = None

    @property
    def seen(self) -> Seen:
        with self._lock:
            return Seen(self.size, self.generation, self._state, self._event)

    @property
    def fate(self) -> FileIdentity:
        return self.generation, self.vanished

    def trouble(self, state: str) -> None:
        """Something is the matter until the next byte or answer."""
        self._state = state

    def lost(self) -> None:
        """The connection is gone, and is being made again."""
        last = self._last_byte
        at = f", last byte at {last.astimezone():%H:%M:%S}" if last else ""
        self.trouble(f"reconnecting{at}")

    def answer(self, found: LogStat, *, streaming: bool) -> None:
        """Take what the server says; while streaming, only the stream moves the end."""
        with self._lock:
            self.asked = True
            if not found.inode:
                self.vanished = bool(self._inode or self.size)
                self._state = DELETED if self.vanished else NOT_THERE
            else:
                self._take(found, streaming=streaming)

    def _take(self, found: LogStat, *, streaming: bool) -> None:
        self._state = ""
        if self.vanished or (self._inode and found.inode != self._inode):
            self._begin_again("rotated", found.size)
        elif found.size < self.size or (self.was_cut and self._inode):
            self._begin_again("truncated", found.size)
        elif not streaming and (not self._inode or found.size - self.size > _SKIPPED):
            self.size = found.size
            self._last_byte = self._clock()
        self._inode = found.inode

    def append(self, chunk: bytes) -> None:
        """Take what came at the end."""
        with self._lock:
            self._blocks.append(self.size, chunk)
            self.size += len(chunk)
            self._state = ""
            self._last_byte = self._clock()

    def block(self, number: int) -> tuple[bytes | None, int]:
        """A block, if all of it is here; and the generation, for `keep`."""
        with self._lock:
            return self._blocks.get(number, self.size), self.generation

    def keep(self, number: int, data: bytes, generation: int) -> None:
        """Keep a block that was read, unless it was that of another file."""
        with self._lock:
            if generation == self.generation:
                self._blocks.put(number, data[: max(0, self.size - number * BLOCK)])

    def _begin_again(self, what: str, size: int) -> None:
        self._blocks.clear()
        self.size = size
        self.generation += 1
        self.vanished = self.was_cut = False
        self._event = f"{what} at {self._clock().astimezone():%H:%M:%S}"
