"""Finds the lines of a file around any offset, however long they are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gitbatch_tui.core.logs.display_line import DisplayLine, Match, marked, render_line

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gitbatch_tui.core.logs.source import Source

_STEPS = (4096, 65536, 1 << 20)
_LONG = 1 << 20
_KEPT = 64


class LineReader:
    """The lines of a source, up to a size."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self.size = 0
        self._solid: list[tuple[int, int]] = []
        """Long stretches without a newline, which needn't be read again."""

    def forget(self) -> None:
        """The file's bytes aren't what they were."""
        self._solid.clear()

    def line(self, start: int, wanted: Match) -> DisplayLine:
        """The line that starts at an offset."""
        after = self.end_of(start)
        hit = wanted.hit if start <= wanted.hit < after else -1
        line = render_line(self._source.read, start, after, hit)
        return marked(line, wanted.text, on_it=hit >= 0) if wanted.text else line

    def start_of(self, offset: int) -> int:
        """The offset at which the line of byte `offset` starts."""
        piece = self._source.piece
        own = offset - offset % piece
        high = offset
        for low in (own, own - piece):
            found = self._find_last(max(low, 0), high)
            if found is not None:
                return found + 1
            if low <= 0:
                return 0
            high = low
        return own

    def end_of(self, start: int) -> int:
        """The offset after a line that starts at `start`, its newline included."""
        piece = self._source.piece
        low = start
        while low < self.size:
            high = min(low - low % piece + piece, self.size)
            found = self._find_first(low, high)
            if found is not None:
                return found + 1
            if high - low == piece:
                return high
            low = high
        return self.size

    def _find_first(self, low: int, high: int) -> int | None:
        begun = low
        for step in _growing():
            low = next((end for start, end in self._solid if start <= low < end), low)
            if low >= high:
                break
            data = self._source.read(low, min(step, high - low))
            found = data.find(b"\n")
            if found >= 0:
                self._note_solid(begun, low)
                return low + found if low + found < high else None
            if not data:
                break
            low += len(data)
        self._note_solid(begun, min(low, high))
        return None

    def _find_last(self, low: int, high: int) -> int | None:
        begun = high
        for step in _growing():
            high = next((start for start, end in self._solid if start < high <= end), high)
            if high <= low:
                break
            start = max(low, high - step)
            found = self._source.read(start, high - start).rfind(b"\n")
            if found >= 0:
                self._note_solid(high, begun)
                return start + found
            high = start
        self._note_solid(max(low, high), begun)
        return None

    def _note_solid(self, low: int, high: int) -> None:
        if high - low < _LONG:
            return
        touching = [part for part in self._solid if part[0] <= high and low <= part[1]]
        self._solid = [part for part in self._solid if part not in touching][-_KEPT:]
        starts, ends = zip((low, high), *touching, strict=True)
        self._solid.append((min(starts), max(ends)))


def _growing() -> Iterator[int]:
    yield from _STEPS
    while True:
        yield _STEPS[-1]
