"""A claim of a run that was looked into, and what has to be known for that."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from gitbatch_tui.core.base.format import BAD, GOOD, UNSURE, first_few
from gitbatch_tui.core.base.text import one_line

if TYPE_CHECKING:
    from collections.abc import Callable

    from gitbatch_tui.core.batch.batch import Batch
    from gitbatch_tui.core.server.verification_report import VerificationReport
    from gitbatch_tui.errors import GitBatchError
    from gitbatch_tui.models import Run

_NAMED = 5
"""How many files a sentence names."""


class Colour(StrEnum):
    """The outcome of a check: it holds, it doesn't, or that can't be checked any more."""

    GREEN = "green"
    RED = "red"
    UNKNOWN = "unknown"
    """It can't be checked; the words say why."""

    @property
    def sign(self) -> str:
        """The outcome in one sign."""
        return {Colour.GREEN: GOOD, Colour.RED: BAD, Colour.UNKNOWN: UNSURE}[self]


@dataclass(frozen=True)
class Check:
    """One claim that was looked into."""

    name: str
    colour: Colour
    words: str
    """What was found, in sentences."""


@dataclass(frozen=True)
class Case:
    """A run, and what is known of it."""

    batch: Batch
    run: Run
    report: VerificationReport | None
    trouble: GitBatchError | None
    """Why the server could not be asked, or something not be fetched."""
    with_data: bool = True
    """Whether to hash frozen data, which takes its time."""
    tell: Callable[[str], None] = lambda _: None
    """Hears how far that is."""

    @property
    def why(self) -> str:
        """Say why the server could not be asked; of what was published that is said once."""
        return "" if self.batch.remote.published else str(self.trouble or "")

    @property
    def unasked(self) -> str:
        """The words of a check that needs the server."""
        if self.batch.remote.published:
            return "Only the batch remote itself knows."
        return f"The server can't be asked. {self.why}".rstrip()

    def here(self, commit: str) -> bool:
        return self.batch.clone.commit_of(commit) is not None


def green(name: str, words: str) -> Check:
    """The check of a claim that holds."""
    return Check(name, Colour.GREEN, words)


def red(name: str, words: str) -> Check:
    """The check of a claim that does not hold."""
    return Check(name, Colour.RED, words)


def unknown(name: str, words: str) -> Check:
    """The check of a claim that can't be looked into any more."""
    return Check(name, Colour.UNKNOWN, words)


def named(paths: list[str]) -> str:
    """Name as many paths as fit a sentence, and how many more there are."""
    return first_few([one_line(path) for path in paths], _NAMED)
