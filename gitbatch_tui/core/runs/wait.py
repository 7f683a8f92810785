"""Waits for the end of a run, however long that takes and however often the connection drops."""

from __future__ import annotations

import threading
import time
from dataclasses import replace
from typing import TYPE_CHECKING

from gitbatch_tui.core.jobs.survey import clarify
from gitbatch_tui.core.remote.backoff import Backoff
from gitbatch_tui.errors import Stopped, Unreachable
from gitbatch_tui.models import State

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from gitbatch_tui.core.remote.server import Server
    from gitbatch_tui.models import Live

SETTLING = 30.0
"""Seconds that bringing the results home may take after the job's end, before we say it ended."""
NEVER_RAN = 126
"""The exit status of waiting for a run that was cancelled, lost or rejected."""
_HIGHEST = 125
_FINE = {State.SUCCEEDED: 0, State.FAILED: 1}


def wait(
    server: Server,
    number: int,
    on_change: Callable[[Live], None] = lambda _: None,
    say: Callable[[str], None] = lambda _: None,
    ended: threading.Event | None = None,
) -> Live:
    """The run as it ended.

    `say` is told of lost connections; raises `Unreachable` where the first contact fails, and
    `Stopped` where the connection is lost and nobody waits any more, which `ended` says.
    """
    ended = ended or threading.Event()
    backoff = Backoff(server.host.name, ended)
    before, patience = None, Patience()
    while not ended.is_set():
        try:
            for live in _changes(server, number, backoff):
                if live != before:
                    on_change(live)
                before = live
                if patience.ends_with(live):
                    return live
        except Unreachable as error:
            backoff.wait(error, say)
    raise Stopped("Nobody waits any more; the run goes on.")


class Patience:
    """Waits for the results of a run that has ended, but not for ever."""

    def __init__(self) -> None:
        self._ended: float | None = None

    def ends_with(self, live: Live) -> bool:
        """Whether this is how the run ended."""
        if not live.state.final:
            self._ended = None
            return False
        self._ended = self._ended or time.monotonic()
        return live.ended == "settled" or time.monotonic() - self._ended > SETTLING


def exit_status(state: State, status: int | None) -> int:
    """What waiting for a run ends with: its job's exit status, or `NEVER_RAN`."""
    if state not in _FINE:
        return NEVER_RAN
    return min(status or _FINE[state], _HIGHEST)


def _changes(server: Server, number: int, backoff: Backoff) -> Iterator[Live]:
    """How the run is now, and again at every report."""
    past = clarify(server, server.status(number))
    yield from past.runs
    backoff.worked()
    with server.watch() as reports:
        for report in reports:
            backoff.worked()
            mine = replace(report, runs=tuple(r for r in report.runs if r.number == number))
            past = clarify(server, mine if mine.runs else server.status(number), past)
            yield from past.runs
