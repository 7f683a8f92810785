"""A window onto a source of any size: where it stands, how it moves, and what it shows.

It is anchored in bytes and reads only what it shows, so that it costs the same anywhere.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

from gitbatch_tui.core.logs.display_line import NOTHING, Match
from gitbatch_tui.core.logs.layout import ScreenRow, rows_of
from gitbatch_tui.core.logs.lines import LineReader
from gitbatch_tui.core.logs.source import Seen

if TYPE_CHECKING:
    from gitbatch_tui.core.logs.display_line import DisplayLine
    from gitbatch_tui.core.logs.layout import Cells
    from gitbatch_tui.core.logs.source import Source


class Anchor(NamedTuple):
    """A row of the file: the line's first byte, and the row within it when it is wrapped."""

    offset: int
    row: int = 0


@dataclass(frozen=True)
class WindowView:
    """The rows that a window shows at one moment."""

    rows: tuple[ScreenRow, ...] = ()
    size: int = 0
    top: int = 0
    """The first byte that is shown."""
    bottom: int = 0
    """Behind the last byte that is shown."""
    column: int = 0
    """How many cells the rows are shifted to the left."""
    following: bool = True
    wrapped: bool = False
    wanted: Match = NOTHING
    state: str = ""
    """What is the matter; empty where nothing is."""
    event: str = ""
    """What happened since somebody last pressed a key."""

    def search_from(self, *, backwards: bool) -> int:
        """The offset where the next search begins: the hit while it is in sight, else here."""
        if self.top <= self.wanted.hit < self.bottom:
            return self.wanted.low if backwards else self.wanted.high
        return self.top


class Window:
    """Stands somewhere in a source. Everything may take as long as reading does."""

    def __init__(self, source: Source, cells: Cells) -> None:
        self.source = source
        self._cells = cells
        self._lines = LineReader(source)
        self._width, self._height = 80, 24
        self._top = Anchor(0)
        self._column = 0
        self.following = True
        self.wrapped = False
        self._wanted = NOTHING
        self._seen = Seen()
        self._noticed = 0

    def look(self) -> None:
        """Find out how the source has changed."""
        seen = self.source.look()
        if seen.generation != self._seen.generation:
            self._lines.forget()
            self._wanted = Match(self._wanted.text)
            self._top = Anchor(0)
        self._seen = seen
        self._lines.size = seen.size

    def resize(self, width: int, height: int) -> None:
        self._width, self._height = max(1, width), max(1, height)

    def scroll(self, rows: int) -> None:
        """Down, or up where `rows` is negative."""
        self._stand()
        if rows < 0:
            self.following = False
            self._top = self._up(self._top, -rows)
        else:
            self._top = self._down(self._top, rows)
        self._noticed = self._seen.generation

    def turn(self, pages: int) -> None:
        """Scroll by whole windows; a row stays in sight."""
        self.scroll(pages * max(1, self._height - 1))

    def shift(self, columns: int) -> None:
        """Sideways, where lines aren't wrapped."""
        self._column = 0 if self.wrapped else max(0, self._column + columns)

    def to_start(self) -> None:
        self.following = False
        self._top = Anchor(0)
        self._column = 0
        self._noticed = self._seen.generation

    def to_end(self) -> None:
        """Go to the end, and stay there."""
        self.following = True
        self._noticed = self._seen.generation

    def follow(self, on: bool) -> None:  # noqa: FBT001  # it is all that is said
        """Stay at the end as it moves on, or where the window is."""
        self._stand()
        self.following = on
        self._noticed = self._seen.generation

    def wrap(self, on: bool) -> None:  # noqa: FBT001  # it is all that is said
        """Show long lines as several rows, or as one that goes on to the right."""
        self._stand()
        self.wrapped = on
        self._column = 0
        self._top = Anchor(self._top.offset)

    def want(self, text: str) -> None:
        """Mark a text wherever it is shown; nothing where it is empty."""
        self._wanted = Match(text)

    def show(self, hit: int) -> None:
        """Bring what was found at an offset into sight."""
        self.following = False
        self._wanted = Match(self._wanted.text, hit)
        line = self._line(self._lines.start_of(hit))
        # Of a line that isn't shown as a whole, the next hit is shown on its own.
        low, high = (hit, hit + 1) if line.is_partial else (line.start, line.next)
        self._wanted = replace(self._wanted, low=low, high=high)
        rows = rows_of(line, self._width_of_rows(), self._cells)
        row = next((n for n, row in enumerate(rows) if row.has_hit), 0)
        self._top = self._up(Anchor(line.start, row), self._height // 3)
        self._column = self._column_of(rows[row]) if rows else 0

    def frame(self) -> WindowView:
        """The rows that are to be seen now."""
        self._stand()
        rows, bottom = self._visible()
        unnoticed = self._seen.generation != self._noticed
        return WindowView(
            tuple(rows),
            self._seen.size,
            self._top.offset,
            bottom,
            self._column,
            self.following,
            self.wrapped,
            self._wanted,
            self._seen.state,
            self._seen.event if unnoticed else "",
        )

    def _stand(self) -> None:
        """Go to the end where it is followed, or where the top is behind it."""
        end = self._end()
        if self.following or self._top > end:
            self._top = end

    def _end(self) -> Anchor:
        """The top of a window that has the last row at its bottom."""
        if self._seen.size == 0:
            return Anchor(0)
        last = self._line(self._lines.start_of(self._seen.size - 1))
        return self._up(Anchor(last.start, self._count(last) - 1), self._height - 1)

    def _up(self, anchor: Anchor, rows: int) -> Anchor:
        offset, row = anchor
        while rows > row and offset > 0:
            rows -= row + 1
            offset = self._lines.start_of(offset - 1)
            row = self._count_at(offset) - 1
        return Anchor(offset, max(0, row - rows))

    def _down(self, anchor: Anchor, rows: int) -> Anchor:
        end = self._end()
        offset, row = anchor
        row += rows
        while (offset, row) < end:
            line = self._bounds_and_count(offset)
            if row < line[1]:
                break
            offset, row = line[0], row - line[1]
        return min(Anchor(offset, row), end)

    def _visible(self) -> tuple[list[ScreenRow], int]:
        rows: list[ScreenRow] = []
        offset, skip = self._top
        while len(rows) < self._height and offset < self._seen.size:
            line = self._line(offset)
            rows += rows_of(line, self._width_of_rows(), self._cells)[skip:]
            offset, skip = line.next, 0
        return rows[: self._height], offset

    def _line(self, start: int) -> DisplayLine:
        return self._lines.line(start, self._wanted)

    def _width_of_rows(self) -> int:
        return self._width if self.wrapped else 0

    def _count(self, line: DisplayLine) -> int:
        return len(rows_of(line, self._width_of_rows(), self._cells))

    def _count_at(self, start: int) -> int:
        return self._count(self._line(start)) if self.wrapped else 1

    def _bounds_and_count(self, start: int) -> tuple[int, int]:
        if not self.wrapped:
            return self._lines.end_of(start), 1
        line = self._line(start)
        return line.next, self._count(line)

    def _column_of(self, row: ScreenRow) -> int:
        """The shift that brings a hit into sight."""
        if self.wrapped:
            return 0
        low, high = row.hit_columns(self._cells)
        if self._column <= low and high <= self._column + self._width:
            return self._column
        return 0 if high <= self._width else max(0, low - self._width // 2)
