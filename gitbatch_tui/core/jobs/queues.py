"""The queues in which runs have jobs, and what of these has not ended there.

A queue is a scheduler, asked in the context of the jobs; it is asked once about all of them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, NamedTuple

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
    from collections.abc import Collection, Iterable, Mapping

    from gitbatch_tui.core.schedulers.adapter import Adapter
    from gitbatch_tui.core.server.client import Server
    from gitbatch_tui.core.server.submissions import Context, QueueKey
    from gitbatch_tui.models import LiveRun

_A_SECOND = 5
"""Jobs for which a scheduler has a second more, where many are asked about or ordered at once."""


class Queue(NamedTuple):
    """A scheduler, and the context in which it is asked."""

    name: str
    context: Context

    @property
    def adapter(self) -> Adapter | None:
        """None where nobody here knows this scheduler, or nobody needs to ask it."""
        adapter = adapters().get(self.name)
        return adapter if adapter and adapter.ask else None

    def names(self, ids: Iterable[str]) -> list[str]:
        """Jobs for people: `slurm 11`."""
        return [str(Job(self.name, each)) for each in ids]


@dataclass(frozen=True)
class Alive:
    """The jobs of one run that haven't ended, as their schedulers have just said."""

    states: Mapping[Queue, Mapping[str, JobState]]
    """By queue and id."""
    unknown: dict[str, str] = field(default_factory=dict)
    """The jobs of which that can't be told, by their names for people, each with the reason."""

    @property
    def names(self) -> list[str]:
        """The jobs for people."""
        return [name for queue, states in self.states.items() for name in queue.names(states)]


def submitted_jobs(server: Server, runs: Collection[LiveRun]) -> dict[int, SubmittedJobs]:
    """The jobs that runs may have, also those that nobody recorded; none of one that is over."""
    none = {live.number: SubmittedJobs() for live in runs}
    asked = [live.number for live in runs if not live.is_over or live.state is State.REJECTED]
    if not asked:
        return none
    known = server.jobs(*asked)
    found, news = search(server, known, datetime.now(UTC), wanted=True)
    if any(len(found[run].jobs) > len(known[run].jobs) for run in known):
        server.tell(news)
    return none | found


def alive_jobs(server: Server, submitted: Mapping[int, SubmittedJobs]) -> dict[int, Alive]:
    """The jobs of runs that haven't ended, by run."""
    queues = by_queue(known for each in submitted.values() for known in each.jobs)
    told = {
        key: _ask(server, Queue(*key), [known.job.id for known in jobs])
        for key, jobs in queues.items()
    }
    return {number: _alive_of(each, told) for number, each in submitted.items()}


def _ask(server: Server, queue: Queue, ids: Collection[str]) -> dict[str, JobState] | str:
    """The states of jobs, asked just now; or why they can't be told, in words for people."""
    if queue.adapter is None:
        return f"{queue.name} is not known here, but {', '.join(adapters())}"
    try:
        return ask(server, queue.adapter, queue.context, list(ids), _patience(ids))
    except (ValueError, GitBatchError) as error:
        return f"{queue.name} can't be asked ({one_line(str(error))})"


def _alive_of(
    submitted: SubmittedJobs, told: Mapping[QueueKey, Mapping[str, JobState] | str]
) -> Alive:
    alive: dict[Queue, dict[str, JobState]] = {}
    where = "it isn't known here to which queue it was submitted"
    unknown = dict.fromkeys(submitted.unclear, where)
    for name in submitted.silent:
        unknown[f"other jobs of {name}"] = f"{name} didn't say whether there are any; try again"
    for key, jobs in by_queue(submitted.jobs).items():
        queue, states = Queue(*key), told[key]
        if isinstance(states, str):
            unended = [known.job.id for known in jobs if not known.has_ended]
            unknown |= dict.fromkeys(queue.names(unended), states)
            continue
        mine = {
            known.job.id: state
            for known in jobs
            if (state := states.get(known.job.id))
            and _is_alive(state)
            and submitted.owns(known, state)
        }
        if mine:
            alive[queue] = mine
    return Alive(alive, unknown)


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
        patience = _patience(sound)
        answer = server.ask_scheduler(
            script, *sound, context=queue.context, patience=patience, timeout=60 + patience
        )
    except GitBatchError as error:
        return refused | dict.fromkeys(sound, one_line(str(error)))
    return refused | dict(outcome_of(answer, sound).failed)


def _patience(ids: Collection[str]) -> int:
    """The seconds that a scheduler has for so many jobs."""
    return PATIENCE + len(ids) // _A_SECOND


def waiting_among(alive: Mapping[str, JobState]) -> dict[str, JobState]:
    """The jobs of which something waits for its scheduler."""
    return {job: state for job, state in alive.items() if _waits(state)}


def _is_alive(state: JobState) -> bool:
    # What has left its queue, though nothing says how it ended, is there no more.
    left = state.state is State.UNKNOWN and state.presumed is not None
    return not (state.state.final or left)


def _waits(state: JobState) -> bool:
    return any(each.state is State.QUEUED for each in list(state.tasks.values()) or [state])
