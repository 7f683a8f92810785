"""The places where a text occurs in the lines of a page, and which of them was reached."""

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


class Matches:
    """All occurrences; capitals matter only where the needle has some."""

    def __init__(self, texts: Sequence[str] = (), needle: str = "") -> None:
        self.needle = needle
        self.hits: list[Hit] = []
        self.at: int | None = None
        """The number of the one that was reached."""
        for hit in _find(texts, needle) if needle else ():
            self.hits.append(hit)
            if len(self.hits) == MOST:
                break
        self._by_line: dict[int, list[Hit]] = {}
        for hit in self.hits:
            self._by_line.setdefault(hit.line, []).append(hit)

    @property
    def now(self) -> Hit | None:
        return None if self.at is None else self.hits[self.at]

    @property
    def words(self) -> str:
        """Say where among the occurrences one is."""
        if not self.needle:
            return ""
        many = f"{len(self.hits):,}{'+' if len(self.hits) == MOST else ''}"
        return f"{self.needle}: {0 if self.at is None else self.at + 1:,} of {many}"

    def go(self, line: int, step: int) -> Hit | None:
        """The next one, or the one before; the first one counts from a line."""
        if not self.hits:
            return None
        if self.at is None:
            start = bisect_left(self.hits, Hit(line, 0, 0))
            self.at = (start if step > 0 else start - 1) % len(self.hits)
        else:
            self.at = (self.at + step) % len(self.hits)
        return self.now

    def layer(self, line: int) -> list[tuple[int, int, str]]:
        """The occurrences in a line, each with its style."""
        return [
            (hit.start, hit.end, "diff--hit-now" if hit == self.now else "diff--hit")
            for hit in self._by_line.get(line, ())
        ]


def _find(texts: Sequence[str], needle: str) -> Iterator[Hit]:
    ignore = needle == needle.lower()
    for line, text in enumerate(texts):
        low = text.lower() if ignore else text
        # Where lower case has another length than the text, places would not fit.
        within = low if len(low) == len(text) else text
        start = within.find(needle)
        while start >= 0:
            yield Hit(line, start, start + len(needle))
            start = within.find(needle, start + len(needle))
