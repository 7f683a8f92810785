"""Stops the jobs of some runs of a batch remote together."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from gitbatch_tui.core.base.format import numeric
from gitbatch_tui.core.jobs.cancel_result import CancelResult
from gitbatch_tui.core.jobs.clarify import clarify
from gitbatch_tui.core.jobs.news import News
from gitbatch_tui.core.jobs.queues import alive_jobs, order, submitted_jobs
from gitbatch_tui.core.schedulers.adapter import JobState
from gitbatch_tui.core.server.protocol import live_of
from gitbatch_tui.errors import Refused
from gitbatch_tui.models import Job, State

if TYPE_CHECKING:
    from collections.abc import Container, Iterator, Sequence

    from gitbatch_tui.core.jobs.queues import Alive
    from gitbatch_tui.core.server.client import Server
    from gitbatch_tui.core.server.submissions import KnownJob, SubmittedJobs
    from gitbatch_tui.models import LiveRun

ENDING = 5.0
"""Seconds for which jobs that were stopped are watched until they have ended."""
_PAUSE = 0.3


@dataclass
class _Target:
    """A run of ours whose jobs are to be stopped."""

    live: LiveRun
    submitted: SubmittedJobs
    alive: Alive
    """Its jobs, before any was stopped."""
    done: CancelResult
    refused: dict[str, str] = field(default_factory=dict)
    """Why its schedulers refused to stop jobs."""
    here: bool = False
    """Whether all that was left of it was on its host, and is stopped."""

    @property
    def number(self) -> int:
        return self.live.number


def stop(server: Server, numbers: Sequence[int], tried: Container[int]) -> dict[int, CancelResult]:
    """Stop the jobs of runs, all that are known; says what became of each, by number.

    Those that were `tried` before may be cancelled by that, which is no trouble. A run that was
    rejected after it had submitted jobs is over, but its jobs may not be.
    """
    report = server.status(*numbers)
    lives = [live_of(report, number) for number in numbers]
    submitted = submitted_jobs(server, [live for live in lives if live.own])
    alive = alive_jobs(server, submitted)
    targets = [
        _Target(live, submitted[live.number], mine, CancelResult(left=dict(mine.unknown)))
        for live in lives
        if (mine := alive.get(live.number))
    ]
    going = [target for target in targets if not _is_over(server, target, tried)]
    going = _mark(server, going, tried)
    _withdraw(server, going)
    for target in going:
        target.here = target.live.is_over or _end_here(server, target)
    _watch(server, going)
    for target in going:
        if target.done.left and not (target.here or target.done.stopped or target.done.ending):
            server.mark_cancelled(target.number, undo=True)
    _tell(server, going)
    _see_ends(server, going)
    # Their schedulers would refuse us, and their wrappers take their time.
    others = {live.number: _ask_owner(server, live.number) for live in lives if not live.own}
    return others | {target.number: target.done for target in targets}


def _ask_owner(server: Server, number: int) -> CancelResult:
    try:
        return CancelResult(asked=server.ask_to_cancel(number))
    except Refused as error:
        return CancelResult(error=error)


def _is_over(server: Server, target: _Target, tried: Container[int]) -> bool:
    """True if there is nothing of it to stop, which the server says in its own words."""
    if not target.live.is_over or target.alive.states:
        return False
    if target.live.state is not State.CANCELLED or target.number not in tried:
        try:
            server.cancel(target.number)
        except Refused as error:
            target.done.error = error
    return True


def _mark(server: Server, targets: Sequence[_Target], tried: Container[int]) -> list[_Target]:
    """Note that their jobs are to be stopped; returns those which haven't ended by now."""
    unended = [target.number for target in targets if not target.live.is_over]
    over = _over_by_now(server, unended)
    for target in targets:
        # How else it may have ended by now is seen at the end.
        if target.number in over and target.number not in tried:
            target.done.error = over[target.number]
    return [target for target in targets if not target.done.error]


def _over_by_now(server: Server, numbers: Sequence[int]) -> dict[int, Refused]:
    """Mark runs; the refusals of those that are over."""
    try:
        if numbers:
            server.mark_cancelled(*numbers)
    except Refused as error:
        if len(numbers) == 1:
            return {numbers[0]: error}
        return {
            number: refusal
            for each in numbers
            for number, refusal in _over_by_now(server, [each]).items()
        }
    return {}


def _withdraw(server: Server, targets: Sequence[_Target]) -> None:
    """Have jobs stopped by their schedulers, by one order a queue."""
    for queue in dict.fromkeys(queue for target in targets for queue in target.alive.states):
        mine = [target for target in targets if queue in target.alive.states]
        ids = [job for target in mine for job in target.alive.states[queue]]
        script = queue.adapter.cancel if queue.adapter else ""
        failed = order(server, queue, script, "cancelled", ids)
        for target in mine:
            jobs = [job for job in target.alive.states[queue] if job in failed]
            why = [failed[job] for job in jobs]
            target.refused |= dict(zip(queue.names(jobs), why, strict=True))


def _end_here(server: Server, target: _Target) -> bool:
    """Stop what runs on the host itself; whether that was all of the run."""
    try:
        return server.cancel(target.number)
    except Refused as error:
        live = server.live(target.number)
        if not live.is_over:
            target.done.left[f"run {target.number}"] = str(error)
        return live.is_over


def _watch(server: Server, targets: Sequence[_Target]) -> None:
    """See which jobs have ended, for `ENDING` seconds at most."""
    watched = {target.number: target for target in targets if target.alive.states}
    deadline = time.monotonic() + ENDING
    left = {number: target.alive.names for number, target in watched.items()}
    while watched:
        now = alive_jobs(server, {number: each.submitted for number, each in watched.items()})
        # What can't be asked for any more may go on.
        left = {
            number: [name for name in names if name in {*now[number].names, *now[number].unknown}]
            for number, names in left.items()
        }
        ending = any(set(names) - set(watched[number].refused) for number, names in left.items())
        if not ending or time.monotonic() >= deadline:
            break
        time.sleep(_PAUSE)
    for number, target in watched.items():
        gone = set(target.alive.names).difference(left[number])
        refused = {name: why for name, why in target.refused.items() if name in left[number]}
        target.done.stopped = sorted(gone, key=numeric)
        target.done.ending = sorted(set(left[number]).difference(refused), key=numeric)
        target.done.left |= refused


def _tell(server: Server, targets: Sequence[_Target]) -> None:
    """Let the server hear how the jobs ended; one that its queue forgot was cancelled."""
    if not targets:
        return
    report = clarify(server, server.status(*(target.number for target in targets)))
    unended = [target for target in targets if not live_of(report, target.number).is_over]
    news = {target.number: list(_news(target)) for target in unended}
    if any(news.values()):
        server.tell({number: [new.line() for new in each] for number, each in news.items() if each})
    for target in unended:
        if not (news[target.number] or target.done.left or target.done.ending):
            # Of a run of which nobody knows anything, only a person can say that it is over.
            server.settle(target.number, str(State.CANCELLED))


def _see_ends(server: Server, targets: Sequence[_Target]) -> None:
    """Say of runs that ended otherwise, such as well in spite of the signal, how they did."""
    if not targets:
        return
    report = server.status(*(target.number for target in targets))
    for target in targets:
        live = live_of(report, target.number)
        if live.is_over and live.state not in {State.CANCELLED, State.REJECTED}:
            ended = f"Run {live.number} ended meanwhile: {live.state}."
            target.done = CancelResult(error=Refused(ended))


def _news(target: _Target) -> Iterator[News]:
    going = {*target.done.left, *target.done.ending}
    for each in target.submitted.jobs:
        if not each.has_ended and str(each.job) not in going:
            yield from _ends_of(each, target.alive)


def _ends_of(known: KnownJob, alive: Alive) -> Iterator[News]:
    """The end of a job that was stopped, after those of its tasks that had only waited.

    No wrapper ever tells of these, and they are what is to be run again.
    """
    of_array = {
        task: state
        for queue, states in alive.states.items()
        if queue == (known.job.scheduler, known.context) and known.job.id in states
        for task, state in states[known.job.id].tasks.items()
    }
    word, said = str(State.CANCELLED), JobState(State.CANCELLED)
    for task, state in of_array.items():
        if state.state is State.QUEUED:
            yield News(Job(known.job.scheduler, task), known.context, word, said)
    yield News(known.job, known.context, word, said, len(of_array) or None)
