"""Finds the jobs of runs: those that were named, and those that schedule.sh told of."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from gitbatch_tui.core.schedulers import adapters
from gitbatch_tui.core.schedulers.adapter import job_of
from gitbatch_tui.core.schedulers.programs import SUBMITTERS, called
from gitbatch_tui.models import Job

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import datetime

    from gitbatch_tui.core.machines.host import Host
    from gitbatch_tui.core.remote.report import Submission
    from gitbatch_tui.core.remote.server import Server
    from gitbatch_tui.core.schedulers.adapter import JobState
    from gitbatch_tui.models import Live

_LOCAL = "local"
_SKEW = timedelta(minutes=2)
"""By how much the clocks of a host and of its scheduler may differ."""


@dataclass(frozen=True)
class Submitted:
    """The jobs of a run at its schedulers, arrays and clusters as one each."""

    accepted: datetime | None = None
    """When the run was."""
    jobs: tuple[Job, ...] = ()
    """In the order in which they were told of."""
    guessed: frozenset[Job] = frozenset()
    """Those of which only a number was printed: no jobs, if their scheduler doesn't know them."""

    def owns(self, state: JobState) -> bool:
        """Whether a job can be this run's: not if it was there before the run."""
        if not state.submitted or not self.accepted:
            return True
        return state.submitted > self.accepted - _SKEW


_found: WeakKeyDictionary[Host, dict[tuple[str, int], Submitted]] = WeakKeyDictionary()


def jobs_of(server: Server, runs: Sequence[Live]) -> Mapping[int, Submitted]:
    """The jobs of these runs.

    One question to the server for all runs that weren't asked about before; once schedule.sh has
    ended, its jobs stay the same.
    """
    found = _found.setdefault(server.host, {})
    new = [
        live.number for live in runs if not _is_known(found.get((server.place, live.number)), live)
    ]
    for number, submission in (server.submissions(new) if new else {}).items():
        found[server.place, number] = recognise(submission)
    for live in runs:
        key = server.place, live.number
        found[key] = _told(found.get(key), live)
    return {live.number: found[server.place, live.number] for live in runs}


def recognise(submission: Submission) -> Submitted:
    """The jobs of a run."""
    named = dict.fromkeys(_whole(submission.named))
    printed = [job for job in printed_jobs(submission.printed) if _is_meant(job, submission)]
    guessed = (job for job in printed if job not in named and _stands_alone(job, submission))
    return Submitted(submission.accepted, tuple(named | dict.fromkeys(printed)), frozenset(guessed))


def printed_jobs(output: str) -> tuple[Job, ...]:
    """The jobs that what schedule.sh printed tells of."""
    return tuple(
        Job(adapter.name, job)
        for adapter in adapters().values()
        for job in adapter.recognise(output)
    )


def _told(known: Submitted | None, live: Live) -> Submitted:
    """With the job that has told of itself: it is no guess any more."""
    known = known or Submitted()
    return replace(
        known,
        jobs=(*known.jobs, *_news(known, live)),
        guessed=known.guessed.difference(_own(live)),
    )


def _news(known: Submitted, live: Live) -> tuple[Job, ...]:
    """The job that has told of itself, where nothing else had; on its cluster it has no other."""
    heard = {Job(job.scheduler, job.id.partition("@")[0]) for job in known.jobs}
    return tuple(job for job in _own(live) if job not in heard)


def _own(live: Live) -> tuple[Job, ...]:
    return tuple(_whole([live.job])) if live.job and live.job.id else ()


def _stands_alone(job: Job, submission: Submission) -> bool:
    """Whether it is a number without a word, as several schedulers print it."""
    return bool(re.search(rf"(?m)^{re.escape(job.id)}[;.\s]?\S*\s*$", submission.printed))


def _is_meant(job: Job, submission: Submission) -> bool:
    """Whether a number that stands alone is a job of this scheduler."""
    if not _stands_alone(job, submission):
        return True
    mine = {program for program, scheduler in SUBMITTERS.items() if scheduler == job.scheduler}
    there = mine & submission.programs
    meant = set(called(submission.script)) & set(SUBMITTERS)
    return not mine or bool(there & meant if meant else there)


def _whole(named: Iterable[Job]) -> Iterator[Job]:
    for job in named:
        if job.scheduler != _LOCAL:
            yield Job(job.scheduler, job_of(job.id))


def _is_known(known: Submitted | None, live: Live) -> bool:
    # A job may name itself after schedule.sh has ended.
    return bool(known and known.jobs and not _news(known, live))
