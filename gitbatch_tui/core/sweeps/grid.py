"""Reads `lr=0.1,0.3,1` and `seed=1..9..2`, and combines such lists to the rows of a sweep."""

from __future__ import annotations

import math
import re
from collections import Counter
from decimal import Decimal
from itertools import pairwise, product
from typing import TYPE_CHECKING, NamedTuple

from gitbatch_tui.core.base.text import clean, one_line
from gitbatch_tui.core.submit.questions import too_long
from gitbatch_tui.errors import Refused

if TYPE_CHECKING:
    from collections.abc import Sequence

Row = tuple[str, ...]
"""The parameters of one run, each `NAME=VALUE`."""

MOST = 100_000
"""Runs of a sweep; more are surely a mistake."""
NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_NUMBER = r"[+-]?(?:\d{1,15}(?:\.\d{0,15})?|\.\d{1,15})(?:[eE][+-]?\d{1,2})?"
_ONE = re.compile(_NUMBER)
_TO = r"\s*\.\.\s*"
_RANGE = re.compile(rf"({_NUMBER}){_TO}({_NUMBER})(?:{_TO}({_NUMBER}))?")
_LONG = r"(?:[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)"
_MEANT = re.compile(rf"(?=.*\d){_LONG}?(?:{_TO}{_LONG}?)+")
"""What is surely meant for a range."""
_PADDED = re.compile(r"[+-]?0\d+")
_SURE = re.compile(rf"{_NUMBER}(?:\.\.{_NUMBER}){{0,2}}")
_TWO = re.compile(r"\s+[A-Za-z_][A-Za-z0-9_]*=")


class Axis(NamedTuple):
    """A parameter of a sweep and its values, as they were given."""

    name: str
    values: tuple[str, ...]

    @property
    def repeated(self) -> tuple[str, ...]:
        """The values of `lr=1,1,3` that are there more than once, each as a parameter: `lr=1`."""
        counts = Counter(self.values)
        return tuple(f"{self.name}={value}" for value, count in counts.items() if count > 1)


def axis_of(text: str) -> Axis:
    """The parameter and values of `NAME=VALUES`.

    VALUES are separated by commas; `1..9` and `0..1..0.25` are ranges, ends included, and those of
    `08..10` have as many digits as these. Raises `Refused` for what is none.
    """
    return Axis(name_of(text), tuple(_values(text)))


def grid(axes: Sequence[Axis]) -> tuple[Row, ...]:
    """All combinations of values, each of which counts once; the last name changes fastest.

    Raises `Refused` where there are too many, or two axes have one name.
    """
    names = [axis.name for axis in axes]
    if twice := next((name for name in names if names.count(name) > 1), None):
        raise Refused(f"{twice} is swept twice: give all of its values at once.")
    lists = [tuple(dict.fromkeys(axis.values)) for axis in axes]
    count = math.prod(map(len, lists))
    if count > MOST:
        raise Refused(f"That would be {count:,} runs; a sweep has {MOST:,} at most.")
    return tuple(
        tuple(f"{name}={value}" for name, value in zip(names, values, strict=True))
        for values in product(*lists)
    )


def name_of(axis: str) -> str:
    """The name of `NAME=...`; raises `Refused` where that is none."""
    name, mark, _ = axis.partition("=")
    if clean(axis) != axis or "\n" in axis:
        raise Refused(f"{one_line(axis)}: a value is one line, without invisible characters.")
    if not mark or not NAME.fullmatch(name):
        raise Refused(
            f"{one_line(axis)} isn't NAME=VALUE,VALUE...: a name has letters, digits and "
            "underscores, and no digit first, as in lr=0.1,0.3 or seed=1..3."
        )
    return name


def equal_cells(rows: Sequence[Row]) -> tuple[str, str] | None:
    """Find two rows that differ in how they write numbers alone: such a `lr=0.1` and `lr=0.10`."""
    cells = {cell for row in rows for cell in row}
    known = {cell: _number_of(cell) for cell in cells}
    if len(set(known.values())) == len(cells):
        return None
    seen: dict[frozenset[tuple[str, Decimal | str]], Row] = {}
    for row in rows:
        numbers = frozenset(known[cell] for cell in row)
        if (other := seen.setdefault(numbers, row)) is not row:
            names = {cell.partition("=")[0]: cell for cell in row}
            return next(
                (cell, same) for cell in other if (same := names[cell.partition("=")[0]]) != cell
            )
    return None


def _number_of(cell: str) -> tuple[str, Decimal | str]:
    """The name and the value of a parameter; 08 is no number but a code."""
    name, _, value = cell.partition("=")
    is_number = _ONE.fullmatch(value) and not _PADDED.match(value)
    return name, Decimal(value) if is_number else value


def second_name_in(option: str) -> str:
    """The second parameter that `lr=0.1 epochs=4` names in its value; empty where there is none.

    A value may look like this, so whoever is asked decides.
    """
    _, _, value = option.partition("=")
    found = _TWO.search(value)
    return found[0].strip().rstrip("=") if found else ""


def taken_apart(option: str) -> tuple[str, ...]:
    """The parameters in `lr=0.1 epochs=4`, each by itself."""
    name, _, value = option.partition("=")
    starts = [found.start() for found in _TWO.finditer(value)]
    parts = [value[begin:end] for begin, end in pairwise([0, *starts, len(value)])]
    return tuple(f"{name}={part}" if not at else part.strip() for at, part in enumerate(parts))


def values_in(option: str) -> tuple[str, ...]:
    """The values that `lr=0.1,0.3,1` or `seed=1..9` surely means; none where it may be one value.

    One that is there more than once is so here, too.
    """
    name, _, value = option.partition("=")
    parts = value.split(",")
    if not NAME.fullmatch(name) or not all(_SURE.fullmatch(part.strip()) for part in parts):
        return ()
    try:
        values = _values(option)
    except Refused:
        return ()
    return tuple(values) if len(values) > 1 else ()


def _values(axis: str) -> list[str]:
    name, _, text = axis.partition("=")
    parts = [part.strip() for part in text.split(",")]
    if len(parts) > 1 and any(map(_is_cut, parts)):
        raise Refused(
            f"{one_line(axis)} has a comma within brackets or quotes: give such values in a file, "
            "one run a row."
        )
    values = [value for part in parts for value in _expanded(name, part)]
    if "" in values:
        raise Refused(f"{one_line(axis)} has an empty value: write each between commas.")
    if why := too_long(f"{name}={max(values, key=len)}"):
        raise Refused(f"{why}.")
    return values


def _is_cut(part: str) -> bool:
    """Tell whether a bracket or quote in it ends elsewhere."""
    is_open = part[:1] in {'"', "'"} and (len(part) == 1 or part[-1] != part[0])
    return is_open or any(part.count(one) != part.count(other) for one, other in ("()", "[]", "{}"))


def _expanded(name: str, part: str) -> list[str]:
    """The numbers of a range, or the value itself."""
    found = _RANGE.fullmatch(part)
    if not found and _MEANT.fullmatch(part):
        raise Refused(
            f"{name}={part} is no range: write {name}=1..9, or {name}=0..1..0.25 with a step; "
            "its numbers have 15 digits at most."
        )
    if not found:
        return [part]
    first, last = Decimal(found[1]), Decimal(found[2])
    if not found[3] and any(end != end.to_integral_value() for end in (first, last)):
        raise Refused(
            f"The range {name}={part} needs a step: write {name}={part}..{_some_step(last - first)}"
            ", for example, as its ends aren't whole numbers."
        )
    step = Decimal(found[3]) if found[3] else Decimal(1)
    if not step or (last - first) / step < 0:
        raise Refused(
            f"The range {name}={part} has no values: it goes from {first} in steps of {step}, "
            f"and never comes to {last}."
        )
    count = int((last - first) / step) + 1
    if count > MOST:
        raise Refused(f"The range {name}={part} has {count:,} values; {MOST:,} at most.")
    width = _width(found[1], found[2], step)
    return [_plain(first + step * number).zfill(width) for number in range(count)]


def _some_step(distance: Decimal) -> str:
    """A power of ten that leads there in some steps."""
    power = Decimal(1).scaleb((distance / 5).adjusted()) if distance else Decimal(1)
    return _plain(power.copy_sign(distance))


def _width(first: str, last: str, step: Decimal) -> int:
    """The digits that each number of `08..10` has at least, as in shells; else 0."""
    are_whole = all(end.lstrip("+-").isdigit() for end in (first, last))
    is_padded = _PADDED.fullmatch(first) or _PADDED.fullmatch(last)
    is_fit = are_whole and is_padded and step == step.to_integral_value()
    return max(len(end.lstrip("+")) for end in (first, last)) if is_fit else 0


def _plain(number: Decimal) -> str:
    """Write a number as people do: 0.3 rather than 0.30, 100 rather than 1E+2."""
    text = f"{number.normalize():f}"
    return "0" if text == "-0" else text
