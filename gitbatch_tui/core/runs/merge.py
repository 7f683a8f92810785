"""Brings recorded runs up to date with what a server says of them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from gitbatch_tui.models import Results, Run, State

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gitbatch_tui.models import LiveRun


def merge(remote: str, past: Iterable[Run], alive: Iterable[LiveRun]) -> list[Run]:
    """The recorded runs as the server knows them now, and those it knows alone; newest first."""
    fresh = {live.number: live for live in alive}
    runs = [_updated(run, fresh.pop(run.number, None)) for run in past]
    bare = [_updated(_unrecorded(remote, live), live) for live in fresh.values()]
    return sorted(runs + bare, key=lambda run: run.number, reverse=True) if bare else runs


def _unrecorded(remote: str, live: LiveRun) -> Run:
    return Run(remote, live.number, live.state, live.branch, live.commit)


def _updated(run: Run, live: LiveRun | None) -> Run:
    if live is None or (run.settled and not _came_back(run, live)):
        return run
    seen = live.since if live.state is State.RUNNING and live.since != run.submitted else None
    begun = live.started or seen
    return replace(
        run,
        state=live.state,
        reason=live.reason,
        exit=live.exit,
        job=live.job or run.job,
        tasks=live.tasks,
        held=live.held,
        stuck=live.stuck,
        deadline=live.deadline,
        submitted=run.submitted or (None if begun else live.since),
        started=run.started if live.is_home else begun,
        settled=live.since if live.is_home else None,
        result=live.result,
        results=_results(live),
    )


def _results(live: LiveRun) -> Results:
    if live.state.final and not live.is_home:
        return Results.ON_THEIR_WAY
    return Results.WAITING if live.result else Results.NONE


def _came_back(run: Run, live: LiveRun) -> bool:
    """True if a run was taken up again after its record; a record is newer than it looks."""
    return bool(not live.is_home and live.since and run.settled and live.since > run.settled)
