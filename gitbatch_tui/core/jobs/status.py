"""Brings together what each job of a run reports of itself, and what its scheduler says of it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from gitbatch_tui.core.base.format import numeric
from gitbatch_tui.core.schedulers.adapter import JobState
from gitbatch_tui.models import Job, State, Task

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from gitbatch_tui.core.server.submissions import KnownJob

_TOLD = {str(state): state for state in (State.SUCCEEDED, State.FAILED, State.CANCELLED)}
_BEGUN = frozenset({"running", "unseen", "gone"})


@dataclass(frozen=True)
class JobStatus:
    """A job, or a task of an array."""

    job: Job
    array: KnownJob
    """The job that it is, or belongs to."""
    own: KnownJob | None
    """What the server has of it; None where it has nothing of this very task."""
    said: JobState | None
    """What its scheduler says; None where it isn't known there."""

    @property
    def begun(self) -> bool:
        """True if it has reported its beginning, and not its end."""
        return self.own is not None and self.own.state in _BEGUN

    @property
    def is_absent(self) -> bool:
        """True if its scheduler doesn't know it, and neither an end nor a process of it is seen."""
        seen = self.own is not None and self.own.state == "running"
        return self.said is None and not self.end_is_known and not seen

    @property
    def is_over(self) -> bool:
        """True if it has ended, by whoever says so."""
        state = self.state
        return state is not None and state.state.final

    @property
    def end_is_known(self) -> bool:
        """True if the server knows how it ended."""
        own = own_state(self.own)
        return own is not None and own.state.final

    @property
    def state(self) -> JobState | None:
        """The better word of the two; None where nobody knows it."""
        own = own_state(self.own)
        if self.said is None or (own and own.state.final):
            return own
        if own is None:
            return self.said
        began, host = self.said.started or own.started, self.said.host or own.host
        return replace(self.said, started=began, host=host)

    def task(self) -> Task:
        """The job as a `Task`, for people."""
        state, own = self.state or JobState(State.UNKNOWN, "nobody knows it"), self.own
        return Task(
            self.job,
            state.state,
            state.reason,
            state.exit,
            str(state.signal or ""),
            state.started,
            state.ended,
            state.host,
            own.log if own else "",
            state.name or self.array.name,
        )


def own_state(own: KnownJob | None) -> JobState | None:
    """The state that a job reported, or its scheduler did before; None if it hasn't begun."""
    if own is None:
        return None
    state = _state_word(own)
    if state is None:
        return None
    signal = int(own.signal) if own.signal.isdigit() else None
    return JobState(
        state,
        own.reason,
        own.exit,
        own.finished,
        signal=signal,
        started=own.started,
        host=own.host,
        name=own.name,
    )


def _state_word(own: KnownJob) -> State | None:
    if own.state == "ended":
        return State.FAILED if own.exit or own.signal else State.SUCCEEDED
    if own.state in _BEGUN:
        return State.UNKNOWN if own.state == "gone" else State.RUNNING
    return _TOLD.get(own.state)


def job_statuses(
    jobs: Mapping[KnownJob, JobState | None], reported: Mapping[KnownJob, Sequence[KnownJob]]
) -> tuple[JobStatus, ...]:
    """All jobs and tasks, those of one array in the order of their numbers."""
    return tuple(
        status
        for known, said in jobs.items()
        for status in sorted(_of_job(known, said, reported.get(known, ())), key=_number)
    )


def _of_job(
    known: KnownJob, said: JobState | None, reported: Sequence[KnownJob]
) -> Iterator[JobStatus]:
    own = {each.job.id: each for each in reported}
    tasks = dict(said.tasks) if said else {}
    if not own and not tasks:
        yield JobStatus(known.job, known, known, said)
        return
    for task in dict.fromkeys([*tasks, *own]):
        job = Job(known.job.scheduler, task)
        # One whose scheduler tells no tasks apart says the same of each.
        yield JobStatus(job, known, own.get(task), tasks.get(task, None if tasks else said))


def _number(status: JobStatus) -> tuple[tuple[bool, int, str], ...]:
    return numeric(status.job.id)


def stuck_words(left: Sequence[JobStatus]) -> str:
    """Say why none of what is left can ever begin; empty where something can."""
    stuck = _stuck_among(left)
    if len(stuck) < len(left):
        return ""
    why = next((one.said.reason for one in stuck if one.said and one.said.never), "")
    names = ", ".join(str(one.job) for one in stuck)
    return f"{names} can never begin{f' ({why})' if why else ''}"


def _stuck_among(left: Sequence[JobStatus]) -> list[JobStatus]:
    """The jobs that can never begin, by themselves or since they wait for such a one."""
    stuck = [one for one in left if one.said and one.said.never]
    while True:
        gone = {one.array.job.id for one in stuck}
        more = [one for one in left if one not in stuck and one.said and gone & {*one.said.awaits}]
        if not more:
            return stuck
        stuck += more
