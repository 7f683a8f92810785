"""Has the jobs of a run stopped, by their schedulers and on this host."""

from __future__ import annotations

import time
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from gitbatch_tui.core.base.format import numeric
from gitbatch_tui.core.jobs.clarify import clarify
from gitbatch_tui.core.jobs.news import News
from gitbatch_tui.core.jobs.queues import alive_jobs, order, submitted_jobs
from gitbatch_tui.core.schedulers.adapter import JobState
from gitbatch_tui.core.server.protocol import live_of
from gitbatch_tui.errors import GitBatchError, Refused, Unreachable
from gitbatch_tui.models import Job, State

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

    from gitbatch_tui.core.jobs.queues import Alive, Queue
    from gitbatch_tui.core.server.client import Server
    from gitbatch_tui.core.server.submissions import KnownJob, SubmittedJobs
    from gitbatch_tui.models import LiveRun, Receipt, Run

ENDING = 5.0
"""Seconds for which a job that was stopped is watched until it has ended."""
_PAUSE = 0.3
_MARKED = 200
"""Runs that are marked by one call."""


@dataclass
class CancelResult:
    """The jobs that were cancelled, and those that could not be."""

    stopped: list[str] = field(default_factory=list)
    """Jobs that have ended by it."""
    ending: list[str] = field(default_factory=list)
    """Jobs that were told to end, and take their time."""
    left: dict[str, str] = field(default_factory=dict)
    """Jobs that could not be stopped, or of which nothing is known, each with the reason."""
    asked: str = ""
    """What somebody else was asked, whose run it is; nothing where it is ours, or has ended."""
    given_up: bool = False
    """Whether the run was ended all the same."""

    @property
    def complete(self) -> bool:
        """True if nothing was left, or the run was ended all the same."""
        return not (self.left or self.asked) or self.given_up

    @property
    def words(self) -> str:
        """Say what was done; empty where no job had to be named."""
        parts = [
            f"{', '.join(self.stopped)} stopped" if self.stopped else "",
            f"{', '.join(self.ending)} told to end" if self.ending else "",
            f"{', '.join(self.left)} given up, and may go on" if self.given_up else "",
        ]
        return "; ".join(part for part in parts if part)

    @property
    def trouble(self) -> str:
        """Say what was not done; empty where all was."""
        left = [
            f"{name} could not be stopped: {why}"
            for name, why in self.left.items()
            if not self.given_up
        ]
        return "; ".join([*left, *([self.asked] if self.asked else [])])


def keep_waiting(server: Server, runs: Collection[Run]) -> frozenset[int]:
    """Mark those that wait, so that none begins while others are cancelled; says which these are.

    The numbers are for `cancel`, which is to follow, and says what went wrong with any of them. Of
    one run alone, none is marked.
    """
    if len(runs) == 1:
        return frozenset()
    waiting = [run.number for run in runs if not (run.state.final or run.state is State.RUNNING)]
    for first in range(0, len(waiting), _MARKED):
        try:
            server.mark_cancelled(*waiting[first : first + _MARKED])
        except Unreachable:
            return frozenset()
        except GitBatchError:
            continue  # one is over, or somebody else's
    return frozenset(waiting)


def cancel(server: Server, number: int, marked: Collection[int] = ()) -> CancelResult:
    """Stop the jobs of a run, all that are known; says what became of each.

    Raises `Refused` if the run is over; one of those `marked` may have been cancelled by that. A
    run that was rejected after it had submitted jobs is over, but its jobs may not be.
    """
    live = server.live(number)
    if not live.own:
        # Its scheduler would refuse us, too.
        return CancelResult(asked=server.ask_to_cancel(number))
    submitted = submitted_jobs(server, live)
    done = CancelResult()
    alive = list(alive_jobs(server, submitted, done.left))
    if live.is_over and not alive:
        if live.state is not State.CANCELLED or number not in marked:
            server.cancel(number)
        return done
    if not live.is_over:
        # Its mark may just have ended it.
        with suppress(*[Refused] if number in marked else []):
            server.mark_cancelled(number)
    refused, here = _stop(server, live, alive, done)
    _watch(server, submitted, alive, done, 0 if refused else ENDING)
    done.left |= {name: refused[name] for name in done.ending if name in refused}
    done.ending = [name for name in done.ending if name not in refused]
    if done.left and not (here or done.stopped or done.ending):
        server.mark_cancelled(number, undo=True)
    _tell(server, number, submitted, alive, done)
    return done


def turn(run: Run) -> tuple[bool, int]:
    """The key for cancelling several: those that wait first, since they would begin next."""
    return run.state is State.RUNNING, run.number


def give_up(server: Server, number: int, marked: Collection[int] = ()) -> CancelResult:
    """Cancel a run, and end it also where jobs of it are left: these may go on unseen.

    Raises `Refused` if the run is over.
    """
    done = cancel(server, number, marked)
    if done.left:
        server.settle(number, str(State.CANCELLED), "", f"given up: {done.trouble}")
        done.given_up = True
    return done


def left_behind(server: Server, receipt: Receipt) -> tuple[str, ...]:
    """A sentence about the jobs that a rejected run has submitted, if there are any."""
    if receipt.state is not State.REJECTED:
        return ()
    try:
        live = server.live(receipt.run)
        alive = list(alive_jobs(server, submitted_jobs(server, live), {}))
    except GitBatchError:
        # Not to know of more is no reason to hide that the run was rejected.
        return ()
    jobs = ", ".join(_names(alive))
    return (
        (f"It had submitted {jobs} by then: cancel run {receipt.run} to end that.",) if jobs else ()
    )


def _names(alive: Iterable[Alive]) -> Iterator[str]:
    return (name for queue, states in alive for name in queue.names(states))


def _stop(
    server: Server, live: LiveRun, alive: Sequence[Alive], done: CancelResult
) -> tuple[dict[str, str], bool]:
    """Tell schedulers and processes to end: what was refused, and whether all of it was here."""
    refused = {
        name: why
        for queue, states in alive
        for name, why in _withdraw(server, queue, states).items()
    }
    return refused, live.is_over or _end_here(server, live.number, done)


def _withdraw(server: Server, queue: Queue, states: dict[str, JobState]) -> dict[str, str]:
    """Have jobs stopped by their scheduler; why not, where it refuses."""
    script = queue.adapter.cancel if queue.adapter else ""
    failed = order(server, queue, script, "cancelled", states)
    return dict(zip(queue.names(failed), failed.values(), strict=True))


def _end_here(server: Server, number: int, done: CancelResult) -> bool:
    """Stop what runs on this host itself; whether that was all of the run."""
    try:
        return server.cancel(number)
    except Refused as error:
        live = server.live(number)
        if not live.is_over:
            done.left[f"run {number}"] = str(error)
        return live.is_over


def _watch(
    server: Server,
    submitted: SubmittedJobs,
    alive: Sequence[Alive],
    done: CancelResult,
    most: float,
) -> None:
    """See which jobs have ended, for `most` seconds at most."""
    deadline = time.monotonic() + most
    left = set(_names(alive))
    while left:
        names = set(_names(alive_jobs(server, submitted, {})))
        done.stopped += sorted(left - names, key=numeric)
        left &= names
        if time.monotonic() >= deadline:
            break
        time.sleep(_PAUSE if left else 0)
    done.ending = sorted(left, key=numeric)


def _tell(
    server: Server,
    number: int,
    submitted: SubmittedJobs,
    alive: Sequence[Alive],
    done: CancelResult,
) -> None:
    """Let the server hear how the jobs ended; one that its queue forgot was cancelled."""
    live = live_of(clarify(server, server.status(number)), number)
    if live.is_over:
        return
    going = {*done.left, *done.ending}
    over = [each for each in submitted.jobs if not each.has_ended and str(each.job) not in going]
    if over:
        news = (new for each in over for new in _ends_of(each, alive))
        server.tell({number: [new.line() for new in news]})
    elif not going:
        # Of a run of which nobody knows anything, only a person can say that it is over.
        server.settle(number, str(State.CANCELLED))


def _ends_of(known: KnownJob, alive: Sequence[Alive]) -> Iterator[News]:
    """The end of a job that was stopped, after those of its tasks that had only waited.

    No wrapper ever tells of these, and they are what is to be run again.
    """
    of_array = {
        task: state
        for queue, states in alive
        if (queue.name, queue.context) == (known.job.scheduler, known.context)
        and known.job.id in states
        for task, state in states[known.job.id].tasks.items()
    }
    word, said = str(State.CANCELLED), JobState(State.CANCELLED)
    for task, state in of_array.items():
        if state.state is State.QUEUED:
            yield News(Job(known.job.scheduler, task), known.context, word, said)
    yield News(known.job, known.context, word, said, len(of_array) or None)
