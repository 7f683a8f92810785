"""Has the waiting jobs of a run held and released by their schedulers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gitbatch_tui.core.jobs.queues import Alive, alive_jobs, order, submitted_jobs, waiting_among
from gitbatch_tui.errors import Refused
from gitbatch_tui.models import State

if TYPE_CHECKING:
    from gitbatch_tui.core.jobs.queues import Queue
    from gitbatch_tui.core.schedulers.adapter import JobState
    from gitbatch_tui.core.server.client import Server

    Waiting = dict[Queue, dict[str, JobState]]

_DONE = {"hold": "held", "release": "released"}


def hold(server: Server, number: int) -> None:
    """Keep the waiting jobs of a run from beginning; raises `Refused` where none waits."""
    _order(server, _waiting(server, number, "hold"), "hold")


def release(server: Server, number: int) -> None:
    """Let the held jobs of a run begin; raises `Refused` where none waits."""
    _order(server, _waiting(server, number, "release"), "release")


def toggle_hold(server: Server, number: int) -> str:
    """Hold the waiting jobs of a run, or release them where they are held; says which, `held`.

    Raises `Refused` where none waits.
    """
    waiting = _waiting(server, number, "hold")
    all_held = all(state.held for states in waiting.values() for state in states.values())
    return _order(server, waiting, "release" if all_held else "hold")


def _waiting(server: Server, number: int, action: str) -> Waiting:
    """The jobs of a run that wait, queue by queue; raises `Refused` where there are none."""
    live = server.live(number)
    if live.state is State.QUEUED and live.job and live.job.scheduler == "local":
        raise Refused(f"There is no way to {action} jobs of local: cancel the run instead.")
    submitted = {} if live.is_over else submitted_jobs(server, [live])
    alive = alive_jobs(server, submitted).get(number, Alive({}))
    waiting = {
        queue: some for queue, states in alive.states.items() if (some := waiting_among(states))
    }
    if not waiting:
        raise Refused(
            next((f"{name}: {why}: nothing was done." for name, why in alive.unknown.items()), "")
            or f"There is nothing to {action}: no job of run {number} waits for its scheduler."
        )
    return waiting


def _order(server: Server, waiting: Waiting, action: str) -> str:
    """Have all of these jobs held or released, and return which; raises `Refused` for the rest."""
    done = _DONE[action]
    for queue, jobs in waiting.items():
        script = getattr(queue.adapter, action) if queue.adapter else ""
        if failed := order(server, queue, script, done, jobs):
            names = ", ".join(queue.names(failed))
            why = "; ".join(dict.fromkeys(failed.values()))
            raise Refused(f"{names} could not be {done}: {why}.")
    return done
