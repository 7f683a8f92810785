"""Finds the jobs of runs: those that were named, and those that schedule.sh told of."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from gitbatch_tui.core.schedulers import adapters
from gitbatch_tui.core.schedulers.adapter import job_of
from gitbatch_tui.core.schedulers.programs import SUBMITTERS, called
from gitbatch_tui.models import Job

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from gitbatch_tui.core.host import Host
    from gitbatch_tui.core.report import Submission
    from gitbatch_tui.core.server import Server
    from gitbatch_tui.models import Live

_LOCAL = "local"

_found: WeakKeyDictionary[Host, dict[tuple[str, int], tuple[Job, ...]]] = WeakKeyDictionary()


def jobs_of(server: Server, runs: Sequence[Live]) -> Mapping[int, tuple[Job, ...]]:
    """The jobs of these runs at their schedulers, arrays and clusters as one each.

    One question to the server for all runs that weren't asked about before; once schedule.sh has
    ended, its jobs stay the same.
    """
    found = _found.setdefault(server.host, {})
    new = [
        live.number for live in runs if not _is_known(found.get((server.place, live.number)), live)
    ]
    for number, submission in (server.submissions(new) if new else {}).items():
        found[server.place, number] = recognise(submission)
    return {live.number: found.get((server.place, live.number), ()) for live in runs}


def recognise(submission: Submission) -> tuple[Job, ...]:
    """The jobs of a run, in the order in which they were told of."""
    printed = (job for job in printed_jobs(submission.printed) if _is_meant(job, submission))
    return tuple(dict.fromkeys([*_whole(submission.named), *printed]))


def printed_jobs(output: str) -> tuple[Job, ...]:
    """The jobs that what schedule.sh printed tells of."""
    return tuple(
        Job(adapter.name, job)
        for adapter in adapters().values()
        for job in adapter.recognise(output)
    )


def _is_meant(job: Job, submission: Submission) -> bool:
    """Whether a number that stands alone, as several schedulers print it, is a job of this one."""
    if not re.search(rf"(?m)^{re.escape(job.id)}[;.\s]?\S*\s*$", submission.printed):
        return True
    mine = {program for program, scheduler in SUBMITTERS.items() if scheduler == job.scheduler}
    there = mine & submission.programs
    meant = set(called(submission.script)) & set(SUBMITTERS)
    return not mine or bool(there & meant if meant else there)


def _whole(named: Iterable[Job]) -> Iterator[Job]:
    for job in named:
        if job.scheduler != _LOCAL:
            yield Job(job.scheduler, job_of(job.id))


def _is_known(jobs: tuple[Job, ...] | None, live: Live) -> bool:
    # A job may name itself after schedule.sh has ended.
    if not jobs or not live.job:
        return bool(jobs)
    return not live.job.id or set(_whole([live.job])) <= set(jobs)
