"""Completes a server's report on runs by what their schedulers know."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from gitbatch_tui.errors import GitBatchError
from gitbatch_tui.models import State

if TYPE_CHECKING:
    from gitbatch_tui.core.server.client import Server
    from gitbatch_tui.models import LiveRun, Report

_ASKED = frozenset({State.SUBMITTED, State.QUEUED, State.RUNNING, State.UNKNOWN, State.REJECTED})
_LOCAL = "local"


def clarify(server: Server, report: Report, before: Report | None = None) -> Report:
    """The report, with what the schedulers know of runs that have not ended.

    `before` is the report that was clarified last. The server is told of jobs that ended, or that
    their scheduler doesn't know any more, and settles what is over by that.
    """
    unclear = [live for live in report.runs if needs_asking(live)]
    if not unclear:
        return report
    from gitbatch_tui.core.jobs.survey import survey  # noqa: PLC0415  # often nothing is unclear

    past = {live.number: live for live in before.runs} if before else {}
    try:
        clear = survey(server, replace(report, runs=tuple(unclear)), past)
    except GitBatchError:
        return report
    return replace(report, runs=tuple(clear.get(live.number, live) for live in report.runs))


def needs_asking(live: LiveRun) -> bool:
    """True if a scheduler may know more of a run than the run's own files say."""
    if live.is_over or live.state not in _ASKED:
        return False
    return live.job is None or live.job.scheduler != _LOCAL
