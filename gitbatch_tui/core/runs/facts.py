"""The facts of a run that it can be chosen by."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gitbatch_tui.models import Badge, Results, State

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from datetime import datetime

    from gitbatch_tui.models import Run


def _states(run: Run) -> Iterator[str]:
    yield from (run.state, run.state.words)
    if run.held:
        yield "held"
    if run.stuck:
        yield "stuck"
    if run.badge:
        yield str(run.badge)


WORDS: dict[str, Callable[[Run], Iterable[str]]] = {
    "state": _states,
    "by": lambda run: (run.submitter,),
    "branch": lambda run: (run.branch,),
    "tag": lambda run: run.tags,
    "host": lambda run: (run.host,),
    "remote": lambda run: (run.remote,),
    "results": lambda run: (run.results, run.results.words),
    "job": lambda run: (str(run.job or ""),),
}
"""Facts that are equal or not."""
PARTS: dict[str, Callable[[Run], str]] = {
    "subject": lambda run: run.subject,
    "note": lambda run: run.note,
    "reason": lambda run: run.reason,
}
"""Facts that hold a text or not."""
NUMBERS: dict[str, Callable[[Run], int | None]] = {
    "run": lambda run: run.number,
    "sweep": lambda run: run.sweep or None,
    "exit": lambda run: run.exit,
}
"""Facts that are whole numbers."""
LENGTHS = ("age", "took")
"""Facts that are lengths of time."""
STATES = tuple(
    dict.fromkeys([*(word for state in State for word in (str(state), state.words)),
                   "held", "stuck", *map(str, Badge)])
)  # fmt: skip
"""Every word that a list shows as a state, and those that programs get."""
RESULTS = tuple(dict.fromkeys(word for place in Results for word in (str(place), place.words)))
"""The same of the place of results."""
VALUES = {"state": STATES, "results": RESULTS}
"""All values of those facts that have no others."""
FACTS = (*WORDS, *PARTS, *NUMBERS, *LENGTHS, "commit")
"""The names that aren't taken for parameters."""


def has_fact(run: Run, name: str, value: str) -> bool:
    """True where the fact of that name is this value, which is in lower case, or holds it."""
    if name == "commit":
        return run.commit.startswith(value)
    if name in PARTS:
        return value in PARTS[name](run).lower()
    return value in (word.lower() for word in WORDS[name](run))


def length_of(run: Run, name: str, now: datetime) -> float | None:
    """The age of a run or how long it took, in seconds; None where that isn't known."""
    age = now - run.submitted if run.submitted else None
    length = age if name == "age" else run.lasted(now)
    return None if length is None else length.total_seconds()
