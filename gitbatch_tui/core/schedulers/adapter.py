"""What an adapter of a scheduler does."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Collection

    from gitbatch_tui.core.host import Answer
    from gitbatch_tui.models import State


@dataclass(frozen=True)
class JobState:
    """What a scheduler says of a job."""

    state: State
    reason: str = ""
    """In the scheduler's words; may be empty."""


class Adapter(Protocol):
    """One scheduler. Scripts are sh; the ids of jobs are their arguments."""

    @property
    def name(self) -> str: ...

    @property
    def ask(self) -> str:
        """The script that asks about many jobs at once; empty where nobody needs to be asked."""
        ...

    @property
    def cancel(self) -> str:
        """The script that cancels jobs that have not begun."""
        ...

    def recognise(self, output: str) -> tuple[str, ...]:
        """The ids of the jobs that were submitted, from what schedule.sh printed."""
        ...

    def read(self, answer: Answer, ids: Collection[str]) -> dict[str, JobState]:
        """The jobs that the scheduler knows.

        Raises ValueError where the answer says nothing about them: then no job is gone.
        """
        ...
