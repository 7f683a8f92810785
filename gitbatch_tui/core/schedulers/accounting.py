"""Asks a scheduler's accounting what jobs used that have ended."""

from __future__ import annotations

import re
from importlib import import_module
from typing import TYPE_CHECKING, Protocol, cast

if TYPE_CHECKING:
    from collections.abc import Collection

    from gitbatch_tui.core.hosts.host import Answer
    from gitbatch_tui.models import Usage

_MODULES = {
    "htcondor": "condor_accounting",
    "pbs": "pbs_accounting",
    "sge": "sge_accounting",
    "slurm": "slurm_accounting",
}
_SIZE = re.compile(r"(\d{1,18}(?:\.\d{1,18})?) *([kKmMgGtTpP]?)i?[bB]?(?:[nc]|s)?")
_CLOCK = re.compile(r"(?:(\d{1,9})-)?(?:(?:(\d{1,9}):)?(\d{1,9}):)?(\d{1,12}(?:\.\d{1,18})?)s?")


class Accounting(Protocol):
    """The accounting of one scheduler."""

    @property
    def ASK(self) -> str:  # noqa: N802  # a constant of a module
        """The script, run as those of adapters are; its arguments are the ids of jobs."""
        ...

    def read(self, answer: Answer, ids: Collection[str]) -> dict[str, list[Usage]]:
        """Read what jobs used that have ended as a whole, task by task.

        It may not have heard of all their tasks yet.
        """
        ...


def accounting_of(scheduler: str) -> Accounting | None:
    """Return how this scheduler's accounting is asked; None where it has none that we know."""
    module = _MODULES.get(scheduler)
    return cast("Accounting", import_module(f"{__package__}.{module}")) if module else None


def bytes_of(text: str, unit: str = "") -> int | None:
    """Read `4504K`, `4gb`, `64Gn` or a number of `unit`s, in powers of 1024; else None."""
    match = _SIZE.fullmatch(text.strip())
    if not match:
        return None
    power = " kmgtp".index((match[2] or unit or " ").lower())
    return int(float(match[1]) * 1024**power) or None


def seconds_of(text: str) -> float | None:
    """Read `1-02:03:04.5`, `02:03`, `5s` or a number of seconds; else None."""
    match = _CLOCK.fullmatch(text.strip())
    if not match:
        return None
    days, hours, minutes, seconds = (float(part or 0) for part in match.groups())
    return ((days * 24 + hours) * 60 + minutes) * 60 + seconds


def count_of(text: str) -> int | None:
    """Read a number of things that isn't 0; else None."""
    text = text.strip()
    return int(text) or None if text.isascii() and text.isdigit() and len(text) < 10 else None  # noqa: PLR2004  # digits
