"""Decides a run's state from its files and its schedulers' answers.

What the job itself left comes first, which the server has judged already; then the scheduler. What
a scheduler says of jobs that ended, or that it doesn't know, is for the server, which keeps it and
judges again; what waits, and why, is known only here.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from gitbatch_tui.core.jobs.news import News, news_of
from gitbatch_tui.core.jobs.status import job_statuses, stuck_words
from gitbatch_tui.core.schedulers.adapter import whole
from gitbatch_tui.models import State

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from gitbatch_tui.core.jobs.status import JobStatus
    from gitbatch_tui.core.schedulers.adapter import JobState
    from gitbatch_tui.core.server.submissions import KnownJob, SubmittedJobs
    from gitbatch_tui.models import LiveRun, Task

GRACE = timedelta(seconds=60)
"""How long what a job wrote may take to be seen, and its scheduler to know of it."""


@dataclass(frozen=True)
class Evidence:
    """Everything that is known of the jobs of one run."""

    submitted: SubmittedJobs
    states: Mapping[KnownJob, JobState | None]
    """What the schedulers answered; None where one doesn't know a job."""
    unasked: Mapping[KnownJob, str]
    """Why a job's scheduler could not be asked; empty where it will be, in a moment."""


@dataclass(frozen=True)
class Verdict:
    """A run as it is, and what the server has to hear."""

    live: LiveRun
    news: tuple[News, ...] = ()


def judge(live: LiveRun, evidence: Evidence, now: datetime, before: LiveRun | None) -> Verdict:
    """The run now; `before` is what was known of it last."""
    jobs = [*evidence.states, *evidence.unasked]
    if not jobs:
        return Verdict(_without_jobs(live, evidence.submitted, now))
    live = replace(live, job=live.job or jobs[0].job)
    each = job_statuses(evidence.states, evidence.submitted.reported)
    if evidence.unasked:
        seen = _unasked(live, evidence.unasked, now, before)
    else:
        seen = _seen(replace(live, tasks=_tasks(each)), each, now, before)
    waited = _has_waited(seen, before, now)
    if evidence.submitted.around and seen.state.final and not live.state.final:
        seen = live
    return Verdict(seen, tuple(news_of(each, waited=waited)))


def _seen(
    live: LiveRun, each: Sequence[JobStatus], now: datetime, before: LiveRun | None
) -> LiveRun:
    if live.state is State.REJECTED:
        return live
    left = [one for one in each if (state := one.state) and not state.state.final]
    absent = [one for one in each if one.is_absent]
    if any(one not in absent for one in left):
        return _going_on(live, each, left, now, before)
    if absent:
        return _absent(live, absent, now, before)
    return _lasting(_over(live, _whole(each)), before, now)


def _tasks(each: Sequence[JobStatus]) -> tuple[Task, ...]:
    return tuple(one.task() for one in each) if len(each) > 1 else ()


def _whole(each: Sequence[JobStatus]) -> JobState:
    """Sum up the states of several jobs as one."""
    ids = [one.job.id for one in each]
    names = [one.job.id if ids.count(one.job.id) == 1 else f"{one.job} ({n})"
             for n, one in enumerate(each, 1)]  # fmt: skip
    return whole({name: state for name, one in zip(names, each, strict=True)
                  if (state := one.state)})  # fmt: skip


def _without_jobs(live: LiveRun, submitted: SubmittedJobs, now: datetime) -> LiveRun:
    if live.state is State.UNKNOWN:
        return replace(live, jobless=not (submitted.scheduling or submitted.intents))
    if live.state is not State.SUBMITTED or submitted.scheduling:
        return live
    # One that was submitted past every record may yet tell of itself.
    jobless = not (submitted.intents or submitted.unclear or _is_fresh(live, now))
    if submitted.unclear:
        jobs = ", ".join(submitted.unclear)
        reason = f"it isn't known here to which queue {jobs} was submitted; cancelling ends the run"
        return replace(live, state=State.UNKNOWN, reason=reason)
    reason = (
        "no job was recognised in what schedule.sh printed: "
        'it can name one with "$GITBATCH" job SCHEDULER ID; cancelling ends the run'
    )
    return replace(live, state=State.UNKNOWN, reason=reason, jobless=jobless)


def _going_on(
    live: LiveRun,
    each: Sequence[JobStatus],
    left: Sequence[JobStatus],
    now: datetime,
    before: LiveRun | None,
) -> LiveRun:
    """The state by the schedulers' words, where what the jobs left doesn't say more."""
    told = _whole(each)
    if told.state is State.QUEUED and live.state is State.RUNNING and _is_fresh(live, now):
        return live
    reason = live.reason if live.cancelling else _with_estimate(told)
    live = replace(
        live,
        state=told.state,
        reason=reason,
        started=live.started or told.started,
        held=told.held,
        stuck=stuck_words(left),
        deadline=told.deadline,
    )
    presumed = all(one.said and one.said.presumed for one in left)
    return _lasting(live, before, now) if presumed else live


def _with_estimate(told: JobState) -> str:
    if told.state is not State.QUEUED or not told.estimate:
        return told.reason
    expected = f"expected to begin at {told.estimate:%Y-%m-%d %H:%M} UTC"
    return f"{told.reason}; {expected}" if told.reason else expected


def _over(live: LiveRun, told: JobState) -> LiveRun:
    """The state when all jobs have ended, which the server may not have heard of yet."""
    state, status = told.state, told.exit if told.exit is not None else live.exit
    if state is State.SUCCEEDED and live.exit:
        state, status = State.FAILED, live.exit
    if live.cancelling and told.exit is None:
        state = State.CANCELLED
    reason = told.reason or (f"exit status {status}" if state is State.FAILED else "")
    return replace(live, state=state, reason=reason, exit=status, ended="yes")


def _absent(
    live: LiveRun, absent: Sequence[JobStatus], now: datetime, before: LiveRun | None
) -> LiveRun:
    """Schedulers don't know jobs of this run, and the others have ended."""
    names = ", ".join(str(one.job) for one in absent)
    if not any(one.begun for one in absent) and _is_fresh(live, now):
        return replace(live, reason=f"its scheduler doesn't know {names} yet")
    if not all(one.array.how.is_sure for one in absent):
        reason = (
            f"{absent[0].job.scheduler} doesn't know {names}, and to which queue it was handed "
            "isn't known; cancelling ends the run"
        )
    else:
        reason = f"its scheduler doesn't know {names} any more, and the job hasn't reported its end"
    return _lasting(replace(live, state=State.UNKNOWN, reason=reason), before, now)


def _lasting(live: LiveRun, before: LiveRun | None, now: datetime) -> LiveRun:
    """Note since when it has been so."""
    same = before is not None and before.reason == live.reason and before.since
    return replace(live, since=same or now)


def _has_waited(live: LiveRun, before: LiveRun | None, now: datetime) -> bool:
    """True if it has been so for as long as something else may take to be seen."""
    if before is None or before.reason != live.reason:
        return False
    return before.since is None or now - before.since >= GRACE


def _is_fresh(live: LiveRun, now: datetime) -> bool:
    return live.since is not None and now - live.since < GRACE


def _unasked(
    live: LiveRun, unasked: Mapping[KnownJob, str], now: datetime, before: LiveRun | None
) -> LiveRun:
    """The last known state, with the time of that; but what the job itself reports counts more."""
    troubles = [
        f"{known.job.scheduler} can't be asked ({why})" for known, why in unasked.items() if why
    ]
    if live.state is not State.RUNNING and before and before.state in (State.QUEUED, State.RUNNING):
        return _stale(before, troubles[0], now) if troubles else before
    return replace(live, reason=troubles[0]) if troubles else live


def _stale(before: LiveRun, trouble: str, now: datetime) -> LiveRun:
    if before.as_of:
        return before
    told = f": {before.reason}" if before.reason else ""
    return replace(before, as_of=now, reason=f"as of {now:%H:%M} UTC, {trouble}{told}")
