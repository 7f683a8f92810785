"""The queues in which a run has jobs: a scheduler each, asked in the context of the jobs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gitbatch_tui.core.base.text import one_line
from gitbatch_tui.core.jobs.poller import ask
from gitbatch_tui.core.schedulers import adapters
from gitbatch_tui.core.schedulers.outcome import outcome_of
from gitbatch_tui.errors import GitBatchError
from gitbatch_tui.models import Job, State

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from gitbatch_tui.core.schedulers.adapter import Adapter, JobState
    from gitbatch_tui.core.server.client import Server
    from gitbatch_tui.core.server.submissions import Context, KnownJob, SubmittedJobs


_PATIENCE = 4
"""Seconds that a scheduler has for an answer, where an order waits for it."""


@dataclass(frozen=True)
class Queue:
    """The jobs that one run has there."""

    name: str
    context: Context
    known: tuple[KnownJob, ...]

    @property
    def adapter(self) -> Adapter | None:
        """None where nobody here knows this scheduler, or nobody needs to ask it."""
        adapter = adapters().get(self.name)
        return adapter if adapter and adapter.ask else None

    def names(self, ids: Iterable[str]) -> list[str]:
        """Jobs for people: `slurm 11`."""
        return [str(Job(self.name, each)) for each in ids]


def queues_of(submitted: SubmittedJobs) -> list[Queue]:
    """In the order in which the run came to them."""
    found: dict[tuple[str, Context], list[KnownJob]] = {}
    for known in submitted.jobs:
        found.setdefault((known.job.scheduler, known.context), []).append(known)
    return [Queue(*queue, tuple(known)) for queue, known in found.items()]


def alive_in(server: Server, queue: Queue, submitted: SubmittedJobs) -> dict[str, JobState]:
    """The jobs that haven't ended, asked just now.

    Raises ValueError, in words for people, where that can't be told.
    """
    if queue.adapter is None:
        raise ValueError(f"{queue.name} is not known here, but {', '.join(adapters())}")
    known = {each.job.id: each for each in queue.known}
    try:
        states = ask(server, queue.adapter, queue.context, list(known), _PATIENCE)
    except (ValueError, GitBatchError) as error:
        raise ValueError(f"{queue.name} can't be asked ({one_line(str(error))})") from error
    return {
        job: state
        for job, state in states.items()
        if _is_alive(state) and submitted.owns(known[job], state)
    }


def order(
    server: Server, queue: Queue, script: str, done: str, ids: Collection[str]
) -> dict[str, str]:
    """Give an order about these jobs; why it wasn't followed, by job."""
    if not script:
        return dict.fromkeys(ids, f"jobs of {queue.name} can't be {done}")
    try:
        answer = server.ask_scheduler(script, *ids, context=queue.context)
    except GitBatchError as error:
        return dict.fromkeys(ids, one_line(str(error)))
    return dict(outcome_of(answer, ids).failed)


def waiting_among(alive: Mapping[str, JobState]) -> dict[str, JobState]:
    """The jobs of which something waits for its scheduler."""
    return {job: state for job, state in alive.items() if _waits(state)}


def _is_alive(state: JobState) -> bool:
    # What has left its queue, though nothing says how it ended, is there no more.
    left = state.state is State.UNKNOWN and state.presumed is not None
    return not (state.state.final or left)


def _waits(state: JobState) -> bool:
    return any(each.state is State.QUEUED for each in list(state.tasks.values()) or [state])
