"""Asks the accounting of schedulers what ended runs used, and records it once."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from gitbatch_tui.core.base import usage
from gitbatch_tui.core.schedulers import adapters
from gitbatch_tui.core.schedulers.accounting import accounting_of
from gitbatch_tui.core.schedulers.adapter import is_id
from gitbatch_tui.core.server.client import server_of
from gitbatch_tui.core.server.submissions import by_queue
from gitbatch_tui.errors import GitBatchError
from gitbatch_tui.models import State

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from gitbatch_tui.core.hosts.pool import Hosts
    from gitbatch_tui.core.server.client import Server
    from gitbatch_tui.core.server.submissions import KnownJob, SubmittedJobs
    from gitbatch_tui.models import BatchRemote, Run, Usage


KEPT = timedelta(days=7)
"""For so long after its end it is worth while to ask for a run; not every site keeps much."""
_LATE = timedelta(minutes=10)
"""For so long after a run's end, tasks that are missing may come; later, they never began."""
_RAN = frozenset({State.SUCCEEDED, State.FAILED, State.CANCELLED})
_AT_ONCE = 200
"""As many runs, the newest, as are asked for together."""


def accounted(hosts: Hosts, remote: BatchRemote, runs: Sequence[Run], now: datetime) -> list[Run]:
    """Return the runs of a remote with what they used; as they are where nobody can be asked.

    `now` is the time by the server's clock. What is found out is recorded for everybody.
    """
    missing = [run for run in runs if needs_accounting(run, now) and run.as_of is None][:_AT_ONCE]
    if not missing or remote.published:
        return list(runs)
    try:
        told = {run.number: run for run in account(server_of(hosts, remote), missing, now)}
    except GitBatchError:
        # What was used is worth no error: all else about these runs is known.
        return list(runs)
    return [told.get(run.number, run) for run in runs]


def needs_accounting(run: Run, now: datetime) -> bool:
    """True if a scheduler may have more to say of what a run used than is recorded."""
    return (
        not run.accounted
        and run.state in _RAN
        and bool(run.settled and run.end and now - run.end < KEPT)
        and run.job is not None
        and accounting_of(run.job.scheduler) is not None
    )


def account(server: Server, runs: Sequence[Run], now: datetime) -> list[Run]:
    """Return these runs of one server with what their schedulers' accounting says they used.

    A run whose jobs and tasks have not all ended there, as far as it has heard, is left for the
    next time.
    """
    wanted = {run.number: run for run in runs if needs_accounting(run, now)}
    if not wanted:
        return list(runs)
    submitted = server.jobs(*wanted)
    told = _ask(server, submitted)
    found = {
        number: used
        for number, run in wanted.items()
        if (used := _used(submitted.get(number), told, late=_is_late(run, now)))
    }
    if found:
        server.note_usage({number: usage.write(used) for number, used in found.items()})
    return [_with(run, found.get(run.number)) for run in runs]


def _ask(server: Server, submitted: Mapping[int, SubmittedJobs]) -> dict[KnownJob, list[Usage]]:
    """Return what each task of the jobs used, as far as its scheduler says."""
    queues = by_queue(job for each in submitted.values() for job in each.jobs)
    told: dict[KnownJob, list[Usage]] = {}
    for (scheduler, context), jobs in queues.items():
        sound = [job.job.id for job in jobs if is_id(adapters().get(scheduler), job.job.id)]
        if sound and (accounting := accounting_of(scheduler)):
            ids = list(dict.fromkeys(sound))
            used = accounting.read(server.ask_scheduler(accounting.ASK, *ids, context=context), ids)
            told |= {job: used[job.job.id] for job in jobs if job.job.id in used}
    return told


def _is_late(run: Run, now: datetime) -> bool:
    return run.end is not None and now - run.end > _LATE


def _used(
    submitted: SubmittedJobs | None, told: Mapping[KnownJob, Sequence[Usage]], *, late: bool
) -> Usage | None:
    """Sum up all jobs of a run; None where one is missing, or a task that may still come."""
    if not submitted or submitted.local:
        return None
    for job in submitted.jobs:
        tasks = max(job.tasks or 1, len(submitted.reported.get(job, ())))
        if len(told.get(job, ())) < (1 if late else tasks):
            return None
    return usage.together([task for job in submitted.jobs for task in told[job]])


def _with(run: Run, used: Usage | None) -> Run:
    return replace(run, used=usage.completed(run.used, used), accounted=True) if used else run
