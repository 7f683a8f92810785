"""The jobs of a run as its server knows them: what was recorded, and what they say themselves."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from gitbatch_tui.core.schedulers.adapter import JobState
    from gitbatch_tui.models import Job

Context = tuple[str, ...]
"""`NAME=VALUE` of the variables that give an id its meaning, such as TS_SOCKET; sorted."""
QueueKey = tuple[str, Context]
"""A queue: a scheduler by its name, and the context in which it is asked."""

_ENDED = frozenset({"ended", "succeeded", "failed", "cancelled", "absent"})
_SKEW = timedelta(minutes=2)
"""By how much the clocks of a host and of its scheduler may differ."""


class How(StrEnum):
    """The way in which a job came to be known."""

    RECORDED = "recorded"
    """When it was submitted."""
    NAMED = "named"
    """By schedule.sh or the job, with `"$GITBATCH" job`."""
    WRAPPER = "wrapper"
    """Its wrapper has reported it."""
    PRINTED = "printed"
    """Recognised in what schedule.sh printed."""
    BARE = "bare"
    """Of it only a number was printed, which may be none of a job."""
    FOUND = "found"
    """Its scheduler was asked for jobs that work in the run tree."""

    @property
    def is_sure(self) -> bool:
        """True if the queue that it was handed to is known for certain."""
        return self in {How.RECORDED, How.WRAPPER, How.FOUND}


@dataclass(frozen=True)
class KnownJob:
    """A job of a run, or a task of one that has reported itself."""

    job: Job
    how: How = How.RECORDED
    context: Context = ()
    tasks: int | None = None
    """Of an array: how many; None where nobody said."""
    state: str = ""
    """In the server's words, such as `waiting`, `running`, `ended`, `gone`, `unseen`, `absent`."""
    exit: int | None = None
    signal: str = ""
    started: datetime | None = None
    finished: datetime | None = None
    host: str = ""
    log: str = ""
    name: str = ""
    reason: str = ""

    @property
    def is_nameless(self) -> bool:
        """True if its wrapper was told no id, and it can't be asked for."""
        return self.job.id == self.job.scheduler

    @property
    def has_ended(self) -> bool:
        """True if its end is known, from the job or its scheduler."""
        return self.state in _ENDED


@dataclass(frozen=True)
class Intent:
    """A submit command that was called, and whose answer nobody heard."""

    key: str
    scheduler: str
    context: Context
    name: str
    time: datetime | None


@dataclass(frozen=True)
class SubmittedJobs:
    """The jobs of a run at its schedulers, arrays and clusters as one each."""

    accepted: datetime | None = None
    """When the run was."""
    directory: str = ""
    """Of the run, on the server; jobs work in `tree` there."""
    scheduling: bool = False
    """Whether schedule.sh is at work."""
    jobs: tuple[KnownJob, ...] = ()
    """In the order in which they were submitted."""
    reported: Mapping[KnownJob, tuple[KnownJob, ...]] = field(default_factory=dict)
    """The tasks of each whose wrappers have reported."""
    intents: tuple[Intent, ...] = ()
    unclear: tuple[str, ...] = ()
    """Jobs that can't be asked for: to which queue they were submitted isn't known here."""
    silent: tuple[str, ...] = ()
    """Schedulers that didn't answer whether they have more jobs of it, where that may be so."""
    local: bool = False
    """Whether it has jobs of the embedded scheduler, which nobody needs to be asked about."""
    around: bool = False
    """Whether a script of the run names a submit command by a path, past the record: before its
    end the server looks for more jobs."""

    def owns(self, known: KnownJob, state: JobState) -> bool:
        """True if a job can be this run's: an unrecorded one only if it wasn't there before."""
        if known.how is How.RECORDED or not state.submitted or not self.accepted:
            return True
        return state.submitted > self.accepted - _SKEW

    @property
    def is_sure(self) -> bool:
        """True if all of its jobs were recorded, so that there is no other one."""
        return (
            bool(self.jobs or self.local)
            and not self.intents
            and all(known.how is How.RECORDED for known in self.jobs)
        )


def by_queue(jobs: Iterable[KnownJob]) -> dict[QueueKey, list[KnownJob]]:
    """Group jobs by the queues that they were handed to, in the order in which they come.

    Without those that have no id there.
    """
    queues: dict[QueueKey, list[KnownJob]] = {}
    for known in jobs:
        if not known.is_nameless:
            queues.setdefault((known.job.scheduler, known.context), []).append(known)
    return queues
