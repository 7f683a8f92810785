"""Which line of a diff stands where on the screen: one below the other, side by side, wrapped."""

from __future__ import annotations

from bisect import bisect_right
from itertools import accumulate, zip_longest
from typing import TYPE_CHECKING, NamedTuple, Protocol

from rich.cells import cell_len, get_character_cell_size

from gitbatch_tui.core.diffs.model import Kind

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from gitbatch_tui.core.diffs.model import DiffLine

NOTHING = -1


class Pair(NamedTuple):
    """The lines of a row, by index: what was and what is; the same one where it stands for both."""

    old: int
    new: int


class Pairs(Protocol):
    """Pairs in their order."""

    def __len__(self) -> int: ...

    def __iter__(self) -> Iterator[Pair]: ...

    def __getitem__(self, place: int, /) -> Pair: ...


class Places:
    """The rows of a page on the screen."""

    def __init__(self, pairs: Pairs, texts: Sequence[str], room: int) -> None:
        """A `room` of 0 cells is as much as any line needs."""
        self.pairs = pairs
        self._texts, self._room = texts, room
        heights = (max(len(self.cuts(index)) for index in pair) for pair in pairs)
        self._ends = list(accumulate(heights)) if room else range(1, len(pairs) + 1)

    def __len__(self) -> int:
        return self._ends[-1] if self._ends else 0

    def at(self, y: int) -> tuple[int, int]:
        """Which pair is there, and which part of it."""
        place = bisect_right(self._ends, y)
        return place, y - (self._ends[place - 1] if place else 0)

    def top(self, place: int) -> int:
        """Where a pair begins."""
        return self._ends[place - 1] if place else 0

    def cuts(self, index: int) -> list[int]:
        """The cells at which the parts of a line begin."""
        text = self._texts[index] if index != NOTHING else ""
        if not self._room or len(text) * 2 <= self._room:
            return [0]
        if text.isascii():
            return list(range(0, max(1, len(text)), self._room))
        return _cuts(text, self._room)


def _cuts(text: str, room: int) -> list[int]:
    """Between characters, however wide they are."""
    cuts, at = [0], 0
    for character in text:
        at += (size := get_character_cell_size(character))
        if at > cuts[-1] + room:
            cuts.append(at - size)
    return cuts


class OneByOne:
    """A row for every line; made when it is looked at."""

    def __init__(self, lines: int) -> None:
        self._lines = lines

    def __len__(self) -> int:
        return self._lines

    def __iter__(self) -> Iterator[Pair]:
        return map(Pair, range(self._lines), range(self._lines))

    def __getitem__(self, place: int) -> Pair:
        return Pair(place, place)


def side_by_side(lines: Sequence[DiffLine]) -> list[Pair]:
    """What replaces something stands beside it."""
    return list(_side_by_side(lines))


def _side_by_side(lines: Sequence[DiffLine]) -> Iterator[Pair]:
    gone: list[int] = []
    come: list[int] = []
    for index, line in enumerate(lines):
        if line.kind is Kind.ADDED:
            come.append(index)
            continue
        if come or line.kind is not Kind.DELETED:
            yield from _together(gone, come)
            gone, come = [], []
        if line.kind is Kind.DELETED:
            gone.append(index)
        else:
            yield Pair(index, index)
    yield from _together(gone, come)


def _together(gone: list[int], come: list[int]) -> Iterator[Pair]:
    for old, new in zip_longest(gone, come, fillvalue=NOTHING):
        yield Pair(old, new)


def widest(texts: Sequence[str]) -> int:
    """Cells of the longest line."""
    return max((len(t) if t.isascii() else cell_len(t) for t in texts), default=0)
