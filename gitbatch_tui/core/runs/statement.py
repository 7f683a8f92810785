"""Reads what is published of a batch remote: one commit, which holds on to everything else.

Its first parent is the newest record; the second one, if any, what was published before; results
follow. Its tree has the logs that were published, `logs/RUN`, and the file `results`, a line a run.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from gitbatch_tui.core.base import bounds
from gitbatch_tui.core.base.text import one_line
from gitbatch_tui.core.server.protocol import id_of, number_of, time_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from gitbatch_tui.core.git.repo import Clone

RESULTS = "results"
"""The file that says which results are published: lines of `RUN COMMIT`."""
LOGS = "logs"


@dataclass(frozen=True)
class Statement:
    """One that was read; whoever published it may have written anything."""

    commit: str
    log: str
    """The newest record that it holds."""
    location: str = ""
    """Where the batch remote is, for people to read; never a place to connect to."""
    time: datetime | None = None
    results: Mapping[int, str] = field(default_factory=dict)
    """The commit with the results of each run whose results are published, or its input."""
    logs: frozenset[int] = frozenset()
    """The runs whose logs are published."""


def words_of(name: str, location: str, now: str) -> str:
    """The message of such a commit."""
    return f"Runs of {one_line(name)}\n\nLocation: {one_line(location)}\nTime: {now}\n"


def read(clone: Clone, commit: str) -> Statement | None:
    """The statement that a commit is; None where it is another commit, or isn't here."""
    raw = clone.try_git("cat-file", "commit", commit) or ""
    head, _, message = raw[: bounds.RECORD].partition("\n\n")
    parents = [id_of(line[7:]) for line in head.split("\n") if line.startswith("parent ")]
    facts = dict(line.partition(": ")[::2] for line in message.split("\n"))
    if not parents or not parents[0] or "Location" not in facts:
        return None
    return Statement(
        commit,
        parents[0],
        one_line(facts["Location"]),
        time_of(facts.get("Time", "")),
        _results(clone, commit),
        _logs(clone, commit),
    )


def log_in(clone: Clone, statement: Statement, run: int) -> bytes | None:
    """The published output of a run's job; None where it wasn't published."""
    answer = clone.ask("cat-file", "blob", f"{statement.commit}:{LOGS}/{run}")
    return None if answer.status else answer.stdout


def _results(clone: Clone, commit: str) -> dict[int, str]:
    text = clone.try_git("cat-file", "blob", f"{commit}:{RESULTS}") or ""
    pairs = (line.partition(" ") for line in text.split("\n")[: bounds.LINES])
    read = ((number_of(run), id_of(result)) for run, _, result in pairs)
    return {run: result for run, result in read if run and result}


def _logs(clone: Clone, commit: str) -> frozenset[int]:
    text = clone.try_git("ls-tree", "--name-only", f"{commit}:{LOGS}") or ""
    return frozenset(number for name in text.split("\n") if (number := number_of(name)))
