"""Runs that belong together, as one row that folds: those of a sweep, a branch or a day."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from gitbatch_tui.core.base.text import one_line
from gitbatch_tui.models import SWEEP, Run, State

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Mapping, Sequence

WAYS = ("sweep", "branch", "day", "nothing")
"""What runs can be grouped by."""


@dataclass(frozen=True, eq=False)
class RunGroup:
    """Several runs, of which only those count that are listed."""

    key: tuple[object, ...]
    title: str
    """As a person would name it: `sweep:42`, a branch, a day."""
    runs: tuple[Run, ...]
    """In the order of the list."""
    is_open: bool
    """Whether its runs have rows of their own below."""

    @property
    def is_sweep(self) -> bool:
        return self.key[0] == "sweep"

    @cached_property
    def counts(self) -> Mapping[State, int]:
        """How many of its runs are in each state that there is."""
        found = Counter(run.state for run in self.runs)
        return {state: found[state] for state in _ORDER if found[state]}


Row = Run | RunGroup
_ORDER = (State.RUNNING, State.QUEUED, State.SUBMITTED, State.SUCCEEDED, State.FAILED, State.LOST,
          State.REJECTED, State.CANCELLED, State.UNKNOWN)  # fmt: skip
_DAY = "%Y-%m-%d"


def gathered(runs: Sequence[Run], way: str, is_open: Callable[[Hashable], bool]) -> Sequence[Row]:
    """The rows of these runs: each group stands where its first run would."""
    if way == "nothing" or (way == "sweep" and not any(run.sweep for run in runs)):
        return runs
    key_of = _KEYS[way]
    groups: dict[tuple[object, ...], list[Run]] = {}
    for run in runs:
        groups.setdefault(key_of(run), []).append(run)
    rows: list[Row] = []
    for key, own in groups.items():
        if len(key) == _ALONE:
            rows += own
            continue
        group = RunGroup(key, _title(key), tuple(own), is_open(key))
        rows += [group, *own] if group.is_open else [group]
    return rows


def group_key(run: Run, way: str) -> tuple[object, ...] | None:
    """The key of the group that a run is in; None where it stands alone."""
    key = _KEYS[way](run) if way in _KEYS else ()
    return key if len(key) > _ALONE else None


_ALONE = 2
"""The length of the key of a run that is in no group."""


def _sweep(run: Run) -> tuple[object, ...]:
    return ("sweep", run.remote, run.sweep) if run.sweep else run.key


def _day(run: Run) -> tuple[object, ...]:
    return "day", "", f"{run.submitted.astimezone():{_DAY}}" if run.submitted else "some day"


_KEYS: dict[str, Callable[[Run], tuple[object, ...]]] = {
    "sweep": _sweep,
    "branch": lambda run: ("branch", "", run.branch),
    "day": _day,
}


def _title(key: tuple[object, ...]) -> str:
    way, _, name = key
    return f"{SWEEP}{name}" if way == "sweep" else one_line(str(name))
