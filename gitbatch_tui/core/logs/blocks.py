"""Keeps the parts of a distant file that were read last."""

from __future__ import annotations

from collections import OrderedDict

BLOCK = 1 << 17
"""Bytes that are fetched at once, always from a multiple of their number."""

_KEPT = 48


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
