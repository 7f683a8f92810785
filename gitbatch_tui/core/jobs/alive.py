"""The jobs of a run that haven't ended, as its schedulers know them now."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from gitbatch_tui.core.jobs.queues import Queue, alive_in, queues_of
from gitbatch_tui.core.jobs.search import search
from gitbatch_tui.core.schedulers.adapter import JobState
from gitbatch_tui.core.server.submissions import SubmittedJobs
from gitbatch_tui.models import State

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gitbatch_tui.core.server.client import Server
    from gitbatch_tui.models import LiveRun

Alive = tuple[Queue, dict[str, JobState]]
"""The jobs of one queue that haven't ended, by id."""


def submitted_jobs(server: Server, live: LiveRun) -> SubmittedJobs:
    """The jobs that a run may have, also those that nobody recorded; none where it is over."""
    if live.ended != "no" and live.state is not State.REJECTED:
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
    unknown |= dict.fromkeys(submitted.unclear, "where it was handed to can't be told here")
    for queue in queues_of(submitted):
        unended = [known.job.id for known in queue.known if not known.has_ended]
        try:
            alive = alive_in(server, queue, submitted)
        except ValueError as error:
            unknown |= dict.fromkeys(queue.names(unended), str(error))
            continue
        if alive:
            yield queue, alive
