"""Writes times, lengths of time, sizes, numbers of things and commit ids for people."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime, timedelta

    from gitbatch_tui.models import Run

GOOD, BAD, UNSURE = "✔", "✖", "?"
"""An outcome as a sign."""
SHORT = 7
"""Digits of an id that people read."""
LONG = 12
"""Digits of an id that git is given, or that has to tell one of many from all others."""
_DAY, _WEEK, _YEAR = 86400, 7 * 86400, 365 * 86400
_AGES = (
    (2 * _YEAR, _YEAR, "y"),
    (2 * _WEEK, _WEEK, "w"),
    (2 * _DAY, _DAY, "d"),
    (3600, 3600, "h"),
    (60, 60, "m"),
)
"""From how many seconds on a unit is used, its seconds, and its letter."""
_SIZES = ("bytes", "kB", "MB", "GB", "TB")
_STEP = 1000
_MEMORY = ("bytes", "KiB", "MiB", "GiB", "TiB")
_MEMORY_STEP = 1024
_NUMBERS = re.compile(r"\d+|\D+")


def short(commit: str) -> str:
    """The first digits of a commit's id, for people to read."""
    return commit[:SHORT]


def abbreviated(name: str) -> str:
    """The first digits of an id or a hash, enough for git and for a command that is copied."""
    return name[:LONG]


def age(since: datetime | None, now: datetime) -> str:
    """Write how long ago, in one unit: `5s`, `2m`, `3h`, `4d`, `7w`, `2y`; empty for None.

    A time in the future, by a clock that went back, is `0s` ago.
    """
    if since is None:
        return ""
    seconds = max(0, int((now - since).total_seconds()))
    for least, size, unit in _AGES:
        if seconds >= least:
            return f"{seconds // size}{unit}"
    return f"{seconds}s"


def duration(length: timedelta | None) -> str:
    """A length of time, in two units: `12s`, `1m58s`, `2h05m`, `3d04h`; empty for None."""
    if length is None:
        return ""
    minutes, seconds = divmod(max(0, int(length.total_seconds())), 60)
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    if days:
        return f"{days}d{hours:02}h"
    if hours:
        return f"{hours}h{minutes:02}m"
    return f"{minutes}m{seconds:02}s" if minutes else f"{seconds}s"


def took(run: Run, now: datetime) -> str:
    """Write how long a run's jobs took, or have been running so far; empty where none began."""
    return duration(run.lasted(now))


def size(count: int) -> str:
    """A number of bytes in the unit that fits, in powers of 1000: `512 bytes`, `1.5 MB`."""
    if count < _STEP:
        return plural(count, "byte")
    amount, unit = _in_units(count, _SIZES, _STEP)
    return f"{amount:.1f} {unit}"


def memory(count: int) -> str:
    """Bytes in the units in which memory is asked for, powers of 1024: `64 GiB`, `3.1 GiB`."""
    amount, unit = _in_units(count, _MEMORY, _MEMORY_STEP)
    return f"{round(amount, 1):g} {unit}"


def _in_units(count: int, units: Sequence[str], step: int) -> tuple[float, str]:
    """The amount in the unit that fits, and that unit."""
    amount, at = float(count), 0
    while amount >= step and at < len(units) - 1:
        amount, at = amount / step, at + 1
    return amount, units[at]


def percent(share: float) -> str:
    """A part of a whole, which is 1: `11 %`."""
    return f"{100 * share:.0f} %"


def exact_size(count: int) -> str:
    """A number of bytes, rounded and whole: `1.5 MB (1,468,006 bytes)`, `512 bytes`."""
    return size(count) if count < _STEP else f"{size(count)} ({plural(count, 'byte')})"


def plural(number: int, noun: str) -> str:
    """A number and its noun: `1 run`, `1,200 runs`."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def first_few(names: Sequence[str], most: int) -> str:
    """The first of many names, and how many more there are: `a, b, c and 4 more`."""
    return ", ".join(names[:most]) + (f" and {len(names) - most} more" if len(names) > most else "")


def first_lines(lines: Sequence[str], most: int) -> list[str]:
    """The first of many lines, and one that says how many more there are."""
    more = [f"and {len(lines) - most} more"] if len(lines) > most else []
    return [*lines[:most], *more]


def numeric(name: str) -> tuple[tuple[bool, int, str], ...]:
    """A key that sorts `11_2` before `11_10`."""
    parts = _NUMBERS.findall(name)
    return tuple((part.isdigit(), int(part) if part.isdigit() else 0, part) for part in parts)
