"""Waits for the end of a run, however long that takes and however often the connection drops."""

from __future__ import annotations

import threading
from dataclasses import replace
from typing import TYPE_CHECKING

from gitbatch_tui.core.hosts.backoff import Backoff
from gitbatch_tui.core.jobs.clarify import clarify
from gitbatch_tui.core.runs.outcome import state_words
from gitbatch_tui.errors import Stopped, Unreachable
from gitbatch_tui.models import State

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from gitbatch_tui.core.server.client import Server
    from gitbatch_tui.models import LiveRun

NEVER_RAN = 126
"""The exit status of waiting for a run that was cancelled, lost or rejected, or can't end."""
_HIGHEST = 125
_FINE = {State.SUCCEEDED: 0, State.FAILED: 1}


def wait(
    server: Server,
    number: int,
    on_change: Callable[[LiveRun], None] = lambda _: None,
    say: Callable[[str], None] = lambda _: None,
    ended: threading.Event | None = None,
) -> LiveRun:
    """The run as it ended, when its results are home, too; however long that takes.

    Or as it is when it can never go on, or has no job that could tell of its end.

    `say` is told of lost connections; raises `Unreachable` where the first contact fails, and
    `Stopped` where the connection is lost and nobody waits any more, which `ended` says.
    """
    ended = ended or threading.Event()
    backoff = Backoff(server.host.name, ended)
    before = None
    while not ended.is_set():
        try:
            for live in _changes(server, number, backoff):
                if live != before:
                    on_change(live)
                before = live
                if live.is_home or live.stuck or live.jobless:
                    return live
        except Unreachable as error:
            backoff.wait(error, say)
    raise Stopped("Nobody waits any more; the run goes on.")


def doing(name: str, live: LiveRun) -> str:
    """Say what the run does now, for whoever waits."""
    if live.state.final and not live.is_home:
        return f"{name} {live.state.phrase}: its results are being brought home"
    why = f" ({live.reason})" if live.reason else ""
    return f"{name} is {state_words(live)}{why}"


def exit_status(state: State, status: int | None) -> int:
    """The exit status with which waiting ends: that of the job, or `NEVER_RAN`."""
    if state not in _FINE:
        return NEVER_RAN
    return min(status or _FINE[state], _HIGHEST)


def _changes(server: Server, number: int, backoff: Backoff) -> Iterator[LiveRun]:
    """Yield the run as it is now, and again at every report."""
    past = clarify(server, server.status(number))
    yield from past.runs
    backoff.worked()
    with server.watch() as reports:
        for report in reports:
            backoff.worked()
            mine = replace(report, runs=tuple(r for r in report.runs if r.number == number))
            past = clarify(server, mine if mine.runs else server.status(number), past)
            yield from past.runs
