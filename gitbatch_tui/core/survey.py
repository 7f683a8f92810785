"""Asks the schedulers about runs whose jobs haven't told of themselves.

Evidence in BASE comes first: only a run of which nothing but its submission is known is looked
for. A scheduler that can't be asked, or says what we don't understand, changes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from gitbatch_tui.core.schedulers import adapters
from gitbatch_tui.core.schedulers.adapter import JobState
from gitbatch_tui.core.text import one_line
from gitbatch_tui.errors import GitBatchError
from gitbatch_tui.models import Job, State

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence
    from datetime import datetime

    from gitbatch_tui.core.server import Server
    from gitbatch_tui.models import Live, Report

GRACE = timedelta(seconds=60)
"""How long a scheduler may not know a job yet that was submitted."""


Known = Mapping[Job, JobState | None]
"""What schedulers answered: None where they don't know a job; a job that is missing wasn't asked
for, or there was no answer."""


def clarify(server: Server, report: Report) -> Report:
    """The report, with what the schedulers know of runs that are only submitted.

    A run whose job is gone without a trace is settled as lost, once `GRACE` has passed.
    """
    unclear = [live for live in report.runs if _is_unclear(live)]
    try:
        clear = {live.number: live for live in _clear(server, unclear, report.now)}
    except GitBatchError:
        return report
    return replace(report, runs=tuple(clear.get(live.number, live) for live in report.runs))


def cancel(server: Server, number: int) -> bool:
    """Stop the jobs of a run; False where only its scheduler can, and we don't know how.

    Raises `Refused` if the run is over, or can't be stopped.
    """
    for live in filter(_is_unclear, server.status(number).runs):
        _withdraw(server, live)
    return server.cancel(number)


def _clear(server: Server, unclear: Sequence[Live], now: datetime) -> Iterator[Live]:
    jobs = _find_jobs(server, unclear)
    known = _ask(server, {job for found in jobs.values() for job in found})
    for live in unclear:
        judged = _judge(live, jobs[live.number], known, now)
        yield _settled(server, judged) if judged.state.final else judged


def _is_unclear(live: Live) -> bool:
    """Whether nothing is known but that schedule.sh ended well."""
    return live.state is State.SUBMITTED and live.ended == "no" and not live.reason


def _find_jobs(server: Server, runs: Sequence[Live]) -> dict[int, tuple[Job, ...]]:
    """The jobs of runs: those that were named, else those that schedule.sh told of."""
    jobs: dict[int, tuple[Job, ...]] = {live.number: (live.job,) for live in runs if live.job}
    silent = [live.number for live in runs if not live.job]
    printed = server.schedule_logs(silent) if silent else {}
    for number in silent:
        output = printed.get(number, "")
        jobs[number] = tuple(
            Job(adapter.name, job)
            for adapter in adapters().values()
            for job in adapter.recognise(output)
        )
    return jobs


def _ask(server: Server, jobs: Collection[Job]) -> Known:
    known: dict[Job, JobState | None] = {}
    for name, adapter in adapters().items():
        ids = [job.id for job in jobs if job.scheduler == name]
        if not ids or not adapter.ask:
            continue
        try:
            states = adapter.read(server.ask_scheduler(adapter.ask, *ids), ids)
        except ValueError:
            continue
        known |= {Job(name, job): states.get(job) for job in ids}
    return known


def _judge(live: Live, jobs: Sequence[Job], known: Known, now: datetime) -> Live:
    if not jobs:
        reason = "no job was recognised in what schedule.sh printed"
        return replace(live, state=State.UNKNOWN, reason=reason)
    states = [known[job] for job in jobs if job in known]
    alive = [state for state in states if state]
    if alive:
        best = min(alive, key=lambda state: state.state is not State.RUNNING)
        return replace(live, job=jobs[0], state=best.state, reason=best.reason)
    names = ", ".join(map(str, jobs))
    if len(states) < len(jobs):
        return replace(live, job=jobs[0])
    if live.result:
        return replace(live, job=jobs[0], state=State.SUCCEEDED)
    if live.since and now - live.since < GRACE:
        return replace(live, job=jobs[0], reason=f"its scheduler doesn't know {names} yet")
    gone = f"its scheduler knows {names} no more, and nothing says how it ended"
    return replace(live, job=jobs[0], state=State.LOST, reason=gone)


def _settled(server: Server, judged: Live) -> Live:
    """Settle a run as it was judged, unless there is other evidence by now."""
    for live in server.status(judged.number).runs:
        if not _is_unclear(live) or live.result != judged.result:
            return live
    server.settle(judged.number, judged.state, "", judged.reason)
    return replace(judged, ended="yes")


def _withdraw(server: Server, live: Live) -> None:
    """Take jobs that wait out of their scheduler's queue."""
    jobs = _find_jobs(server, [live])[live.number]
    known = _ask(server, jobs)
    for job in jobs:
        state = known.get(job)
        if state:
            answer = server.ask_scheduler(adapters()[job.scheduler].cancel, job.id)
            answer.check(f"{job} could not be cancelled: {one_line(answer.stderr.strip())}")
