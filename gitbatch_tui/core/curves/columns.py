"""The numbers of a file of metrics, by their names, each over the steps; and what is no number."""

from __future__ import annotations

import math
from array import array
from collections import Counter
from itertools import islice
from operator import le, sub
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from gitbatch_tui.core.base.format import plural
from gitbatch_tui.core.compare.metrics import STEPS
from gitbatch_tui.core.curves.curve import Curve
from gitbatch_tui.core.curves.events import EventParser, is_event_file
from gitbatch_tui.core.curves.json_rows import JsonParser
from gitbatch_tui.core.curves.rows import COLUMNS, NOTHING
from gitbatch_tui.core.curves.table_rows import TableParser

if TYPE_CHECKING:
    from gitbatch_tui.core.curves.rows import Cells, Parser, Rows


ROOM = 8_000_000
"""As many numbers as are kept at most, of all files that are looked at together."""
LARGEST = 1e300
_BREAKS = 100_000
"""As many gaps of a column as are drawn."""
_SAMPLE = 1000
_REGULAR = 0.75
"""The part of all distances between steps that are the same, where a longer one is a gap."""


class MetricColumn:
    """The numbers of one column."""

    def __init__(self) -> None:
        self.xs, self.ys = array("d"), array("d")
        self.breaks: list[int] = []
        """The indices before which something was no number."""
        self.gaps: Counter[str] = Counter()
        """How often there was none, by what was there instead."""
        self.rises = True

    def take(self, steps: array[float], cells: Cells, *, known: bool) -> None:
        """Add the cells of some rows; `known` says that each has a step."""
        last = self.xs[-1] if self.xs else -math.inf
        begin = len(self.xs)
        numbers = _all_numbers(cells) if known else None
        if numbers is None:
            for step, cell in zip(steps, cells, strict=True):
                self._take_one(step, cell)
        else:
            self.xs.extend(steps)
            self.ys.extend(numbers)
        new = self.xs[begin:]
        self.rises &= not new or (last <= new[0] and all(map(le, new, islice(new, 1, None))))

    def _take_one(self, step: float, cell: Any) -> None:
        if cell == NOTHING or (isinstance(cell, str) and not cell.strip()):
            return
        number = _number(cell)
        if abs(number) < LARGEST and not math.isnan(step):
            self.xs.append(step)
            self.ys.append(number)
            return
        kind = "text" if number == -math.inf and isinstance(cell, str) else "NaN or infinite"
        self.gaps["without a step" if math.isnan(step) else kind] += 1
        if self.breaks[-1:] != [len(self.xs)] and len(self.breaks) < _BREAKS:
            self.breaks.append(len(self.xs))


class Columns:
    """A file of metrics as it comes, a line after the other; its texts are clean."""

    def __init__(self, path: str, room: int = ROOM, *, is_sample: bool = False) -> None:
        """`room` is for how many numbers; of a sample no step is missed."""
        self._parser = parser_for(path)
        self._room = room
        self._is_sample = is_sample
        self._columns: dict[str, MetricColumn] = {}
        self._curves: dict[str, tuple[int, Curve]] = {}
        """Those that were asked for, and how many numbers there were then."""
        self._step = ""
        self._last = math.nan
        self.count = 0
        """Rows that were read."""
        self.is_full = False
        """Whether it was too much to be kept; what comes later is left out."""

    def feed(self, data: bytes) -> None:
        """Take what follows; a line counts when it has its end."""
        if not self.is_full:
            self._take(self._parser.feed(data))
            self.is_full |= bool(self._parser.trouble)

    def finish(self) -> None:
        """Take the last line, also where it has no end."""
        self._take(self._parser.finish())

    def stretch(self, times: float) -> None:
        """Multiply the numbers of rows that stand for steps, since the rows are only a sample."""
        if not self._step:
            for column in self._columns.values():
                column.xs = array("d", (x * times for x in column.xs))

    @property
    def names(self) -> tuple[str, ...]:
        """The columns that have numbers, without the steps."""
        return tuple(
            name
            for name, column in tuple(self._columns.items())
            if column.ys and name != self._step
        )

    def last(self, name: str) -> float | None:
        """The newest number of a column."""
        column = self._columns.get(name)
        return column.ys[-1] if column and column.ys else None

    def curve(self, name: str) -> Curve:
        """A column as it is now; empty where there is none of that name."""
        size, curve = self._curves.get(name, (-1, Curve()))
        column = self._columns.get(name) or MetricColumn()
        # The steps of a number come before it.
        if size != len(column.ys):
            size = len(column.ys)
            curve = self._curve(column, size)
            self._curves[name] = size, curve
        return curve

    def _curve(self, column: MetricColumn, size: int) -> Curve:
        xs, ys, gaps = column.xs[:size], column.ys[:size], Counter(column.gaps)
        breaks = [index for index in column.breaks if 0 < index < size]
        notes = []
        if not column.rises:
            xs, ys, breaks = _in_order(xs, ys)
            again = "steps come again, the last value of each counts"
            notes.append(again if len(xs) < size else "steps go back, they are drawn in order")
        elif not self._is_sample and (missed := _missed(xs) - set(breaks)):
            gaps["missing steps"] = len(missed)
            breaks = sorted(missed.union(breaks))
        if gaps:
            notes.insert(0, f"{plural(gaps.total(), 'gap')}: {_kinds(gaps)}")
        return Curve(xs, ys, tuple(breaks), tuple(notes))

    def notes(self) -> list[str]:
        """Say what of the file was left out."""
        words = []
        if self._parser.unreadable:
            words.append(f"{plural(self._parser.unreadable, 'line')} couldn't be read")
        if self._parser.is_wide:
            words.append(f"only the first {COLUMNS} columns were read")
        if self.is_full:
            why = self._parser.trouble or "there is no room for more"
            words.append(f"{self._amount()} read: {why}")
        return words

    def _amount(self) -> str:
        if self.count > 1:
            return f"only the first {self.count} rows were"
        return "only the first row was" if self.count else "no row was"

    def _take(self, rows: Rows) -> None:
        count = len(next(iter(rows.values()), ()))
        room = self._room // max(1, len(rows))
        if count > room:
            self.is_full = True
            rows, count = {name: cells[:room] for name, cells in rows.items()}, room
        self._room -= count * len(rows)
        steps = self._steps(rows, count)
        self.count += count
        known = not any(map(math.isnan, steps))
        for name, cells in rows.items():
            if name != self._step:
                self._columns.setdefault(name, MetricColumn()).take(steps, cells, known=known)

    def _steps(self, rows: Rows, count: int) -> array[float]:
        """The step of each row; NaN where that is none."""
        if not self._step:
            there = {name.lower(): name for name in rows}
            self._step = next((there[name] for name in STEPS if name in there), "")
        if not self._step:
            return array("d", range(self.count + 1, self.count + count + 1))
        cells = rows.get(self._step, [NOTHING] * count)
        numbers = _all_numbers(cells)
        if numbers is None:
            numbers = array("d")
            for cell in cells:
                # A row without one belongs to the step before.
                number = self._last if cell == NOTHING else _number(cell)
                numbers.append(number if abs(number) < LARGEST else math.nan)
                self._last = numbers[-1]
        self._last = numbers[-1] if numbers else self._last
        return numbers


def _all_numbers(cells: Cells) -> array[float] | None:
    """All cells as finite numbers; None where one is something else."""
    try:
        numbers = array("d", map(float, cells))
    except (ValueError, OverflowError, TypeError):
        return None
    return numbers if sum(map(abs, numbers)) < LARGEST else None


def _number(cell: Any) -> float:
    """The number; NaN for JSON's null, minus infinity for what is none."""
    try:
        return math.nan if cell is None else float(cell)
    except (ValueError, OverflowError):
        return -math.inf


def _in_order(xs: array[float], ys: array[float]) -> tuple[array[float], array[float], list[int]]:
    """Sort values by their steps; of several of one step, the last counts."""
    latest = sorted(dict(zip(xs, ys, strict=True)).items())
    return array("d", (x for x, _ in latest)), array("d", (y for _, y in latest)), []


def _kinds(gaps: Counter[str]) -> str:
    """`2 text, 1 missing steps`; of a single kind it is known how many."""
    if len(gaps) == 1:
        return next(iter(gaps))
    return ", ".join(f"{number} {kind}" for kind, number in gaps.items())


def _missed(xs: array[float]) -> set[int]:
    """The indices before which steps are missing, where steps have a usual distance."""
    distances = Counter(map(sub, xs[1 : _SAMPLE + 1], xs[:_SAMPLE]))
    if len(xs) < 4:  # noqa: PLR2004  # too few to be regular
        return set()
    usual, times = distances.most_common(1)[0]
    if usual <= 0 or times < _REGULAR * distances.total():
        return set()
    if math.isclose(xs[-1] - xs[0], usual * (len(xs) - 1)):
        return set()
    missed = (at for at, step in enumerate(map(sub, xs[1:], xs), 1) if step > 1.5 * usual)
    return set(islice(missed, _BREAKS))


def parser_for(path: str) -> Parser:
    """The parser for a file of this name; what is nothing else is JSON."""
    if is_event_file(path):
        return EventParser()
    suffix = PurePosixPath(path).suffix.lower()
    if suffix in {".csv", ".tsv"}:
        return TableParser("\t" if suffix == ".tsv" else "")
    return JsonParser()
