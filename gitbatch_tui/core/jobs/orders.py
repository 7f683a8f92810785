"""Has the jobs of a run cancelled, held or released by their schedulers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gitbatch_tui.core.jobs.submissions import jobs_of
from gitbatch_tui.core.schedulers import adapters
from gitbatch_tui.core.schedulers.outcome import outcome_of
from gitbatch_tui.core.text import one_line
from gitbatch_tui.errors import CommandFailed, GitBatchError, Refused
from gitbatch_tui.models import Job, State

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from gitbatch_tui.core.remote.server import Server
    from gitbatch_tui.core.schedulers.adapter import Adapter, JobState
    from gitbatch_tui.models import Live, Receipt


def cancel(server: Server, number: int) -> bool:
    """Stop the jobs of a run; False where only its scheduler can, and we don't know how.

    Raises `Refused` if the run is over, or can't be stopped. A run that was rejected after it had
    submitted jobs is over, but its jobs may not be.
    """
    (live,) = server.status(number).runs
    alive = _alive(server, live) if _may_have_jobs(live) else {}
    if not alive:
        return server.cancel(number)
    if live.is_home:
        _withdraw(server, alive)
        return True
    for job in [] if live.job else _names(alive):
        server.job(number, job)
    server.mark_cancelled(number)
    try:
        _withdraw(server, alive)
    except CommandFailed:
        server.mark_cancelled(number, undo=True)
        raise
    return server.cancel(number) or True


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
    waiting = list(_waiting(server, number, "hold"))
    if all(state.held for _, states in waiting for state in states.values()):
        _release(server, waiting)
        return "released"
    _hold(server, waiting)
    return "held"


def left_behind(server: Server, receipt: Receipt) -> tuple[str, ...]:
    """A sentence about the jobs that a rejected run has submitted, if there are any."""
    if receipt.state is not State.REJECTED:
        return ()
    try:
        (live,) = server.status(receipt.run).runs
        alive = _alive(server, live)
    except GitBatchError:
        # Not to know of more is no reason to hide that the run was rejected.
        return ()
    jobs = ", ".join(f"{adapter.name} {job}" for adapter, jobs in alive.items() for job in jobs)
    return (
        (f"It had submitted {jobs} by then: cancel run {receipt.run} to end that.",) if jobs else ()
    )


def _may_have_jobs(live: Live) -> bool:
    return live.ended == "no" or live.state is State.REJECTED


def _alive(server: Server, live: Live) -> dict[Adapter, dict[str, JobState]]:
    """The jobs of a run that its schedulers know and that haven't ended, asked just now.

    Raises `Refused` where a scheduler can't be asked.
    """
    found: dict[Adapter, dict[str, JobState]] = {}
    submitted = jobs_of(server, [live])[live.number]
    for name, adapter in adapters().items():
        ids = [job.id for job in submitted.jobs if job.scheduler == name]
        if not ids or not adapter.ask:
            continue
        try:
            states = adapter.read(server.ask_scheduler(adapter.ask, *ids), ids)
        except ValueError as error:
            raise Refused(
                f"{name} can't be asked ({one_line(str(error))}): nothing was done; try again."
            ) from error
        mine = {job: state for job, state in states.items() if submitted.owns(state)}
        if alive := {job: state for job, state in mine.items() if not state.state.final}:
            found[adapter] = alive
    return found


def _names(alive: Mapping[Adapter, Mapping[str, JobState]]) -> Iterator[Job]:
    """The jobs, which nobody may remember when they are gone."""
    return (Job(adapter.name, job) for adapter, states in alive.items() for job in states)


def _withdraw(server: Server, alive: Mapping[Adapter, Mapping[str, JobState]]) -> None:
    for adapter, states in alive.items():
        _order(server, adapter, "cancelled", adapter.cancel, states)


def _waiting(
    server: Server, number: int, deed: str
) -> Iterator[tuple[Adapter, dict[str, JobState]]]:
    (live,) = server.status(number).runs
    if live.state is State.QUEUED and live.job and live.job.scheduler == "local":
        raise Refused(f"There is no way to {deed} jobs of local: cancel the run instead.")
    alive = _alive(server, live) if live.ended == "no" else {}
    if not any(_waits(state) for states in alive.values() for state in states.values()):
        raise Refused(
            f"There is nothing to {deed}: no job of run {number} waits for its scheduler."
        )
    for adapter, states in alive.items():
        if waiting := {job: state for job, state in states.items() if _waits(state)}:
            yield adapter, waiting


def _hold(server: Server, waiting: Iterable[tuple[Adapter, Mapping[str, JobState]]]) -> None:
    for adapter, jobs in waiting:
        _order(server, adapter, "held", adapter.hold, jobs)


def _release(server: Server, waiting: Iterable[tuple[Adapter, Mapping[str, JobState]]]) -> None:
    for adapter, jobs in waiting:
        _order(server, adapter, "released", adapter.release, jobs)


def _waits(state: JobState) -> bool:
    return any(each.state is State.QUEUED for each in list(state.tasks.values()) or [state])


def _order(
    server: Server, adapter: Adapter, done: str, script: str, ids: Mapping[str, object]
) -> None:
    if not script:
        raise Refused(f"Jobs of {adapter.name} can't be {done}.")
    answer = server.ask_scheduler(script, *ids)
    if failed := outcome_of(answer, ids).failed:
        jobs = ", ".join(failed)
        why = "; ".join(dict.fromkeys(failed.values()))
        raise CommandFailed(
            f"{adapter.name} {jobs} could not be {done}: {why}", status=answer.status
        )
