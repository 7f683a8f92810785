"""The places of the lines of a diff: one below the other or side by side, wrapped or not."""

from __future__ import annotations

from bisect import bisect_right
from itertools import accumulate, islice, takewhile, zip_longest
from typing import TYPE_CHECKING, NamedTuple, Protocol

from rich.cells import cell_len, get_character_cell_size

from gitbatch_tui.core.diffs.model import Kind

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from gitbatch_tui.core.diffs.model import DiffLine

NOTHING = -1
_FAR = 1_000
_STOP = 4


class Pair(NamedTuple):
    """The lines of a row, by index: what was and what is; the same one where it stands for both."""

    old: int
    new: int


class Pairs(Protocol):
    """Pairs in their order."""

    def __len__(self) -> int: ...

    def __iter__(self) -> Iterator[Pair]: ...

    def __getitem__(self, place: int, /) -> Pair: ...


class PageRows:
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

    def line_at(self, y: int) -> int:
        """The line that is there, the older of two; the first one beyond the end."""
        place, _ = self.at(y)
        if place >= len(self.pairs):
            return 0
        old, new = self.pairs[place]
        return new if old == NOTHING else old

    def top_of(self, line: int) -> int:
        """The row at which a line begins."""
        place = line
        if not isinstance(self.pairs, OneByOne):
            place = next(place for place, pair in enumerate(self.pairs) if line in pair)
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


def pairs_of(lines: Sequence[DiffLine], *, beside: bool) -> Pairs:
    """Pair the lines of a page: each alone, or side by side with the one that replaces it."""
    return list(_side_by_side(lines)) if beside else OneByOne(len(lines))


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


class PageLines:
    """Lines of a page, whatever the size of the screen."""

    def __init__(self, *, table: bool = False) -> None:
        self.table = table
        """Whether its rows are aligned, so that it can't be shown side by side."""
        self.lines: list[DiffLine] = []
        self.texts: list[str] = []
        """As they are shown."""
        self.digits = 0
        """Of the largest line number; 0 where there are no numbers."""
        self.width = 0
        """Of the longest line, in cells."""

    def add(self, lines: Sequence[DiffLine]) -> None:
        """Lay out more lines of the same page."""
        texts = [expanded(line.text) for line in lines]
        self.lines += lines
        self.texts += texts
        self.width = max(self.width, widest(texts))
        old, new = (max((line[side] for line in lines), default=0) for side in (2, 3))
        if number := max(old, new):
            self.digits = max(self.digits, len(str(number)))

    def partner(self, index: int) -> int | None:
        """The line that replaces another one, or that it replaces, unless that is far away."""
        kind = self.lines[index].kind
        if self.table or kind not in (Kind.ADDED, Kind.DELETED):
            return None
        before = _count(kind, (self.lines[at] for at in range(index - 1, -1, -1)))
        if kind is Kind.DELETED:
            size = before + _count(kind, islice(self.lines, index, index + _FAR))
            partner = index + size
            last = self.lines[partner - before : partner + 1]
            near = before < _FAR and len(last) > before
            return partner if near and _all(Kind.ADDED, last) else None
        first = index - before
        gone = _count(Kind.DELETED, (self.lines[at] for at in range(first - 1, -1, -1)))
        return first - gone + before if before < gone < _FAR else None


def _count(kind: Kind, lines: Iterable[DiffLine]) -> int:
    """How many of that kind come first, as far as one looks."""
    return sum(1 for _ in takewhile(lambda line: line.kind is kind, islice(lines, _FAR)))


def _all(kind: Kind, lines: Iterable[DiffLine]) -> bool:
    return all(line.kind is kind for line in lines)


def expanded(text: str) -> str:
    """The text as it is shown."""
    return text.expandtabs(_STOP) if "\t" in text else text


def expanded_places(text: str) -> list[int]:
    """The place of each character in the expanded text, and the length of that."""
    found, at = [], 0
    for character in text:
        found.append(at)
        at += _STOP - at % _STOP if character == "\t" else 1
    return [*found, at]
