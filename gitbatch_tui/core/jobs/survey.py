"""Asks the schedulers about runs whose own files don't tell all.

A scheduler that can't be asked, or says what we don't understand, changes nothing.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from gitbatch_tui.core.jobs.files import note_files
from gitbatch_tui.core.jobs.inquiry import inquiry
from gitbatch_tui.core.jobs.submissions import jobs_of
from gitbatch_tui.core.jobs.verdict import Evidence, judge
from gitbatch_tui.core.schedulers import adapters
from gitbatch_tui.errors import GitBatchError
from gitbatch_tui.models import State

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence
    from datetime import datetime

    from gitbatch_tui.core.jobs.inquiry import Told
    from gitbatch_tui.core.jobs.submissions import Submitted
    from gitbatch_tui.core.jobs.verdict import Verdict
    from gitbatch_tui.core.remote.server import Server
    from gitbatch_tui.core.schedulers.adapter import JobState
    from gitbatch_tui.models import Job, Live, Report

_ASKED = frozenset({State.SUBMITTED, State.RUNNING, State.UNKNOWN})
_LOCAL = "local"


def clarify(server: Server, report: Report, before: Report | None = None) -> Report:
    """The report, with what the schedulers know of runs that have not ended.

    `before` is the report that was clarified last. A run whose scheduler says how it ended, or
    doesn't know it any more, is settled.
    """
    unclear = [live for live in report.runs if needs_asking(live)]
    if not unclear:
        return report
    past = {live.number: live for live in before.runs} if before else {}
    try:
        clear = {live.number: live for live in _clear(server, unclear, report.now, past)}
    except GitBatchError:
        return report
    return replace(report, runs=tuple(clear.get(live.number, live) for live in report.runs))


def needs_asking(live: Live) -> bool:
    """Whether a scheduler may know more of a run than the run's own files tell."""
    if live.ended != "no" or live.state not in _ASKED:
        return False
    if live.state is State.SUBMITTED:
        # Else schedule.sh is running.
        return not live.reason
    return live.job is None or live.job.scheduler != _LOCAL


def _clear(
    server: Server, unclear: Sequence[Live], now: datetime, past: Mapping[int, Live]
) -> Iterator[Live]:
    jobs = jobs_of(server, unclear)
    # A scheduler may give an id again: then it means the newest run.
    owners = {job: number for number in sorted(jobs) for job in jobs[number].jobs}
    told = _ask(server, owners)
    for live in unclear:
        mine = {job: owners[job] == live.number for job in jobs[live.number].jobs}
        evidence = _evidence(jobs[live.number], mine, told)
        note_files(server, live.number, evidence.states)
        verdict = judge(live, evidence, now, past.get(live.number))
        yield _settled(server, live, verdict) if verdict.settles else verdict.live


def _ask(server: Server, jobs: Collection[Job]) -> dict[str, Told]:
    """The answers of the schedulers that are known here, by name."""
    told = {}
    for name, adapter in adapters().items():
        ids = [job.id for job in jobs if job.scheduler == name]
        if ids and adapter.ask:
            told[name] = inquiry(server.host, adapter).about(server, ids)
    return told


def _evidence(submitted: Submitted, mine: Mapping[Job, bool], told: Mapping[str, Told]) -> Evidence:
    states: dict[Job, JobState | None] = {}
    unasked: dict[Job, str] = {}
    for job, is_mine in mine.items():
        answer = told.get(job.scheduler)
        if answer is None:
            unasked[job] = f"it is not known here, but {', '.join(adapters())}"
        elif answer.trouble or job.id not in answer.states:
            unasked[job] = answer.trouble
        else:
            state = answer.states[job.id] if is_mine else None
            state = state if state and submitted.owns(state) else None
            if state or job not in submitted.guessed:
                states[job] = state
    return Evidence(states, unasked)


def _settled(server: Server, live: Live, verdict: Verdict) -> Live:
    """Settle a run as it was judged, unless there is other evidence by now."""
    for newest in server.status(live.number).runs:
        if newest != live:
            return newest
    over = verdict.live
    if over.job and not live.job:
        server.job(over.number, over.job)
    server.settle(over.number, over.state, "" if over.exit is None else str(over.exit), over.reason)
    return next(iter(server.status(over.number).runs), over)
