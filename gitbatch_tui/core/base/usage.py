"""Reads and writes what jobs used, `cpu=412.5 memory=3221225472`, and sums up several jobs.

Times are in seconds, memory in bytes.
"""

from __future__ import annotations

import re
from dataclasses import fields, replace
from typing import TYPE_CHECKING

from gitbatch_tui.models import Usage

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_NUMBER = re.compile(r"\d{1,15}(?:\.\d{1,6})?")
_NAMES = tuple(field.name for field in fields(Usage))
_WHOLE = frozenset({"memory", "cores", "memory_asked", "limit", "gpus"})
_MOST = dict.fromkeys(_NAMES, 1e12) | dict.fromkeys(("memory", "memory_asked", "reserved"), 1e15)
"""Amounts from there on make no sense."""
_HIGHEST = tuple(name for name in _NAMES if name not in {"cpu", "reserved", "gpu"})


def read(text: str) -> Usage | None:
    """Read the words of a record; None where it has none that make sense."""
    said = dict(word.split("=", 1) for word in text.split() if "=" in word)
    known = {
        name: int(float(value)) if name in _WHOLE else float(value)
        for name in _NAMES
        if _NUMBER.fullmatch(value := said.get(name.replace("_", "-"), ""))
        and float(value) < _MOST[name]
    }
    return Usage(**known) if known else None  # type: ignore[arg-type]  # by _WHOLE


def write(usage: Usage) -> str:
    """Say it in the words of a record."""
    amounts = ((name.replace("_", "-"), getattr(usage, name)) for name in _NAMES)
    return " ".join(f"{name}={_plain(amount)}" for name, amount in amounts if amount is not None)


def _plain(amount: float) -> str:
    return f"{amount:.6f}".rstrip("0").rstrip(".")


def _sound(usage: Usage) -> Usage:
    """Leave out what makes no sense, as if nobody had said it."""
    amounts = ((name, getattr(usage, name)) for name in _NAMES)
    wrong = [name for name, it in amounts if it is not None and not 0 <= it < _MOST[name]]
    return replace(usage, **dict.fromkeys(wrong))


def completed(usage: Usage | None, by: Usage) -> Usage:
    """Put what was found out later in place of what was known, as far as it goes."""
    later = {name: getattr(by, name) for name in _NAMES}
    known = {name: amount for name, amount in later.items() if amount is not None}
    return replace(usage or Usage(), **known)


def together(jobs: Sequence[Usage]) -> Usage | None:
    """Sum up several jobs; a sum to which one of them has nothing to add is not known."""
    if not jobs:
        return None
    jobs = [_sound(job) for job in jobs]
    whole = Usage(
        cpu=_sum(job.cpu for job in jobs),
        reserved=_sum(map(_reserved, jobs)),
        gpu=jobs[0].gpu if len(jobs) == 1 else None,
        **{name: _most(getattr(job, name) for job in jobs) for name in _HIGHEST},  # type: ignore[arg-type]  # by name
    )
    return _sound(whole)


def _reserved(job: Usage) -> float | None:
    if job.reserved is not None or job.cores is None or job.wall is None:
        return job.reserved
    return job.cores * job.wall


def _sum(amounts: Iterable[float | None]) -> float | None:
    known = list(amounts)
    return None if None in known else sum(amount for amount in known if amount is not None)


def _most(amounts: Iterable[float | None]) -> float | None:
    return max((amount for amount in amounts if amount is not None), default=None)
