"""Where a text occurs in the lines of a page."""

from __future__ import annotations

from bisect import bisect_left
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

MOST = 10_000


class Hit(NamedTuple):
    """One occurrence."""

    line: int
    start: int
    end: int


class Found:
    """All occurrences; capitals matter only where the needle has some."""

    def __init__(self, texts: Sequence[str] = (), needle: str = "") -> None:
        self.needle = needle
        self.hits: list[Hit] = []
        for hit in _find(texts, needle) if needle else ():
            self.hits.append(hit)
            if len(self.hits) == MOST:
                break
        self._by_line: dict[int, list[Hit]] = {}
        for hit in self.hits:
            self._by_line.setdefault(hit.line, []).append(hit)

    def of(self, line: int) -> list[Hit]:
        """Those in one line."""
        return self._by_line.get(line, [])

    def from_line(self, line: int, step: int) -> int | None:
        """The number of the nearest hit from a line on, or before it; goes on at the other end."""
        if not self.hits:
            return None
        at = bisect_left(self.hits, Hit(line, 0, 0))
        return (at if step > 0 else at - 1) % len(self.hits)


def _find(texts: Sequence[str], needle: str) -> Iterator[Hit]:
    ignore = needle == needle.lower()
    for line, text in enumerate(texts):
        # Where lower case has another length than the text, places would not fit.
        low = text.lower() if ignore else text
        within = low if len(low) == len(text) else text
        start = within.find(needle)
        while start >= 0:
            yield Hit(line, start, start + len(needle))
            start = within.find(needle, start + len(needle))
