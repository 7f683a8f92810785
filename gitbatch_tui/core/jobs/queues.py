"""The queues in which a run has jobs, and what of these has not ended there.

A queue is a scheduler, asked in the context of the jobs.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from gitbatch_tui.core.base.text import one_line
from gitbatch_tui.core.jobs.poller import ask
from gitbatch_tui.core.jobs.search import search
from gitbatch_tui.core.schedulers import adapters
from gitbatch_tui.core.schedulers.adapter import JobState, is_id
from gitbatch_tui.core.schedulers.outcome import outcome_of
from gitbatch_tui.core.server.client import PATIENCE
from gitbatch_tui.core.server.submissions import SubmittedJobs, by_queue
from gitbatch_tui.errors import GitBatchError
from gitbatch_tui.models import Job, State

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from gitbatch_tui.core.schedulers.adapter import Adapter
    from gitbatch_tui.core.server.client import Server
    from gitbatch_tui.core.server.submissions import Context, KnownJob
    from gitbatch_tui.models import LiveRun


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


Alive = tuple[Queue, dict[str, JobState]]
"""The jobs of one queue that haven't ended, by id."""


def submitted_jobs(server: Server, live: LiveRun) -> SubmittedJobs:
    """The jobs that a run may have, also those that nobody recorded; none where it is over."""
    if live.is_over and live.state is not State.REJECTED:
        return SubmittedJobs()
    known = server.jobs(live.number)
    found, news = search(server, known, datetime.now(UTC), wanted=True)
    if any(len(found[run].jobs) > len(known[run].jobs) for run in known):
        server.tell(news)
    return found.get(live.number, SubmittedJobs())


def alive_jobs(
    server: Server, submitted: SubmittedJobs, unknown: dict[str, str]
) -> Iterator[Alive]:
    """The jobs of a run that its schedulers know and that haven't ended, queue by queue.

    What can't be asked for is added to `unknown`, with the reason.
    """
    unknown |= dict.fromkeys(
        submitted.unclear, "it isn't known here to which queue it was submitted"
    )
    unknown |= {
        f"other jobs of {name}": f"{name} didn't say whether there are any; try again"
        for name in submitted.silent
    }
    queues = [Queue(*key, tuple(jobs)) for key, jobs in by_queue(submitted.jobs).items()]
    for queue in queues:
        unended = [known.job.id for known in queue.known if not known.has_ended]
        try:
            alive = _alive_in(server, queue, submitted)
        except ValueError as error:
            unknown |= dict.fromkeys(queue.names(unended), str(error))
            continue
        if alive:
            yield queue, alive


def _alive_in(server: Server, queue: Queue, submitted: SubmittedJobs) -> dict[str, JobState]:
    """The jobs that haven't ended, asked just now.

    Raises ValueError, in words for people, where that can't be told.
    """
    if queue.adapter is None:
        raise ValueError(f"{queue.name} is not known here, but {', '.join(adapters())}")
    known = {each.job.id: each for each in queue.known}
    try:
        states = ask(server, queue.adapter, queue.context, list(known), PATIENCE)
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
    if not script or not queue.adapter:
        return dict.fromkeys(ids, f"jobs of {queue.name} can't be {done}")
    sound = [job for job in ids if is_id(queue.adapter, job)]
    refused = dict.fromkeys(set(ids).difference(sound), f"{queue.name} has no such job")
    if not sound:
        return refused
    try:
        answer = server.ask_scheduler(script, *sound, context=queue.context)
    except GitBatchError as error:
        return refused | dict.fromkeys(sound, one_line(str(error)))
    return refused | dict(outcome_of(answer, sound).failed)


def waiting_among(alive: Mapping[str, JobState]) -> dict[str, JobState]:
    """The jobs of which something waits for its scheduler."""
    return {job: state for job, state in alive.items() if _waits(state)}


def _is_alive(state: JobState) -> bool:
    # What has left its queue, though nothing says how it ended, is there no more.
    left = state.state is State.UNKNOWN and state.presumed is not None
    return not (state.state.final or left)


def _waits(state: JobState) -> bool:
    return any(each.state is State.QUEUED for each in list(state.tasks.values()) or [state])
