"""Has the waiting jobs of a run held and released by their schedulers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gitbatch_tui.core.jobs.queues import alive_jobs, order, submitted_jobs, waiting_among
from gitbatch_tui.errors import Refused
from gitbatch_tui.models import State

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gitbatch_tui.core.jobs.queues import Alive, Queue
    from gitbatch_tui.core.schedulers.adapter import JobState
    from gitbatch_tui.core.server.client import Server


def hold(server: Server, number: int) -> None:
    """Keep the waiting jobs of a run from beginning; raises `Refused` where none waits."""
    _hold(server, _waiting(server, number, "hold"))


def release(server: Server, number: int) -> None:
    """Let the held jobs of a run begin; raises `Refused` where none waits."""
    _release(server, _waiting(server, number, "release"))


def toggle_hold(server: Server, number: int) -> str:
    """Hold the waiting jobs of a run, or release them where they are held; says which, `held`.

    Raises `Refused` where none waits.
    """
    waiting = _waiting(server, number, "hold")
    if all(state.held for _, states in waiting for state in states.values()):
        _release(server, waiting)
        return "released"
    _hold(server, waiting)
    return "held"


def _waiting(server: Server, number: int, action: str) -> list[Alive]:
    """The jobs of a run that wait, queue by queue; raises `Refused` where there are none."""
    live = server.live(number)
    if live.state is State.QUEUED and live.job and live.job.scheduler == "local":
        raise Refused(f"There is no way to {action} jobs of local: cancel the run instead.")
    unknown: dict[str, str] = {}
    alive = (
        list(alive_jobs(server, submitted_jobs(server, live), unknown)) if not live.is_over else []
    )
    waiting = [(queue, some) for queue, states in alive if (some := waiting_among(states))]
    if not waiting:
        raise Refused(
            next((f"{name}: {why}: nothing was done." for name, why in unknown.items()), "")
            or f"There is nothing to {action}: no job of run {number} waits for its scheduler."
        )
    return waiting


def _hold(server: Server, waiting: Sequence[Alive]) -> None:
    for queue, jobs in waiting:
        _order(server, queue, queue.adapter.hold if queue.adapter else "", "held", jobs)


def _release(server: Server, waiting: Sequence[Alive]) -> None:
    for queue, jobs in waiting:
        _order(server, queue, queue.adapter.release if queue.adapter else "", "released", jobs)


def _order(server: Server, queue: Queue, script: str, done: str, jobs: dict[str, JobState]) -> None:
    if failed := order(server, queue, script, done, jobs):
        names = ", ".join(queue.names(failed))
        why = "; ".join(dict.fromkeys(failed.values()))
        raise Refused(f"{names} could not be {done}: {why}.")
