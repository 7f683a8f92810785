"""Says what a run is in, from what its files and its schedulers tell.

The order of evidence: what the job itself left, which the server has judged already; results;
the scheduler. A run is lost only when its scheduler answered, a while after it was submitted and
twice a while apart where it had begun, that it doesn't know the job.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from gitbatch_tui.core.schedulers.adapter import whole
from gitbatch_tui.models import Job, State, Task

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from gitbatch_tui.core.schedulers.adapter import JobState
    from gitbatch_tui.models import Live

GRACE = timedelta(seconds=60)
"""How long what a job wrote may take to be seen, and its scheduler to know of it."""

_STALE = "as of "
_CANCELLING = "is being cancelled"
"""As the server has it, of a job on another machine that was to be stopped."""


@dataclass(frozen=True)
class Evidence:
    """What is known of the jobs of one run."""

    states: Mapping[Job, JobState | None]
    """What the schedulers answered; None where one doesn't know a job."""
    unasked: Mapping[Job, str]
    """Why a job's scheduler could not be asked; empty where it will be, in a moment."""


@dataclass(frozen=True)
class Verdict:
    """A run as it is, and whether it is to be settled so."""

    live: Live
    settles: bool = False


def judge(live: Live, evidence: Evidence, now: datetime, before: Live | None) -> Verdict:
    """The run now; `before` is what was known of it last."""
    jobs = [*evidence.states, *evidence.unasked]
    if not jobs:
        return Verdict(_without_jobs(live))
    live = replace(live, job=live.job or jobs[0])
    if evidence.unasked:
        return Verdict(_unasked(live, evidence.unasked, now, before))
    tasks = _tasks(evidence.states)
    told = whole({task.id: state for task, state in tasks.items()}) if tasks else None
    gone = [job for job, state in evidence.states.items() if state is None]
    if told and not (gone and told.state.final):
        live = _with_tasks(live, tasks)
        unknown = [each for each in evidence.states.values() if each and each.state is told.state]
        if told.state is State.UNKNOWN and all(each.presumed for each in unknown):
            return _presumed(live, replace(told, presumed=unknown[0].presumed), now, before)
        return _as_told(live, told, now)
    return _gone(live, gone, now, before)


def _without_jobs(live: Live) -> Live:
    if live.state is not State.SUBMITTED:
        return live
    reason = (
        "no job was recognised in what schedule.sh printed: "
        'it can name one with "$GITBATCH" job SCHEDULER ID; cancelling ends the run'
    )
    return replace(live, state=State.UNKNOWN, reason=reason)


def _tasks(states: Mapping[Job, JobState | None]) -> dict[Job, JobState]:
    tasks: dict[Job, JobState] = {}
    for job, state in states.items():
        if state and state.tasks:
            tasks |= {Job(job.scheduler, task): each for task, each in state.tasks.items()}
        elif state:
            tasks[job] = state
    return tasks


def _with_tasks(live: Live, tasks: Mapping[Job, JobState]) -> Live:
    if len(tasks) == 1:
        return live
    listed = (Task(job, each.state, each.reason, each.exit) for job, each in tasks.items())
    return replace(live, tasks=tuple(listed))


def _as_told(live: Live, told: JobState, now: datetime) -> Verdict:
    """As the schedulers say, where what the job left doesn't say more."""
    if not told.state.final:
        if told.state is State.QUEUED and live.state is State.RUNNING and _is_fresh(live, now):
            return Verdict(live)
        reason = live.reason if live.reason == _CANCELLING else told.reason
        return Verdict(replace(live, state=told.state, reason=reason))
    status = told.exit if told.exit is not None else live.exit
    state = told.state
    if state is State.SUCCEEDED and live.exit:
        state, status = State.FAILED, live.exit
    reason = told.reason or (f"exit status {status}" if state is State.FAILED else "")
    over = replace(live, state=state, reason=reason, exit=status, ended="yes")
    if live.reason == _CANCELLING and told.exit is None:
        return Verdict(replace(over, state=State.CANCELLED), settles=True)
    # A job that began to tell of itself may have told the end, which isn't seen yet.
    waits = live.state is State.RUNNING and (not told.ended or now - told.ended < GRACE)
    return Verdict(over, settles=not waits)


def _presumed(live: Live, told: JobState, now: datetime, before: Live | None) -> Verdict:
    """It has ended, and its scheduler may need a moment to find out how."""
    if before is None or before.reason != told.reason:
        return Verdict(replace(live, state=State.UNKNOWN, reason=told.reason, since=now))
    if before.since and now - before.since < GRACE:
        return Verdict(before)
    over = replace(live, state=told.presumed or State.LOST, reason=told.reason, ended="yes")
    return Verdict(over, settles=True)


def _gone(live: Live, gone: list[Job], now: datetime, before: Live | None) -> Verdict:
    """Schedulers don't know jobs of this run."""
    if live.result and live.state is State.SUBMITTED:
        return Verdict(replace(live, state=State.SUCCEEDED, ended="yes"), settles=True)
    names = ", ".join(map(str, gone))
    if live.state is State.SUBMITTED:
        if _is_fresh(live, now):
            reason = f"its scheduler doesn't know {names} yet"
            return Verdict(replace(live, reason=reason))
        return _lost(live, names)
    reason = f"its scheduler knows {names} no more, and it has not told how it ended"
    if before and before.reason == reason:
        waited = before.since is None or now - before.since >= GRACE
        return _lost(live, names) if waited else Verdict(before)
    return Verdict(replace(live, state=State.UNKNOWN, reason=reason, since=now))


def _lost(live: Live, names: str) -> Verdict:
    reason = f"its scheduler knows {names} no more, and nothing says how it ended"
    return Verdict(replace(live, state=State.LOST, reason=reason, ended="yes"), settles=True)


def _is_fresh(live: Live, now: datetime) -> bool:
    return live.since is not None and now - live.since < GRACE


def _unasked(live: Live, unasked: Mapping[Job, str], now: datetime, before: Live | None) -> Live:
    """As it was known last, with the time of that; but what the job itself tells counts more."""
    troubles = [f"{job.scheduler} can't be asked ({why})" for job, why in unasked.items() if why]
    if live.state is not State.RUNNING and before and before.state in (State.QUEUED, State.RUNNING):
        return _stale(before, troubles[0], now) if troubles else before
    return replace(live, reason=troubles[0]) if troubles else live


def _stale(before: Live, trouble: str, now: datetime) -> Live:
    if before.reason.startswith(_STALE):
        return before
    told = f": {before.reason}" if before.reason else ""
    return replace(before, reason=f"{_STALE}{now:%H:%M} UTC, {trouble}{told}")
