"""Cancels one run, as tests want it: an error is raised."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gitbatch_tui.core.jobs import cancel as jobs
from gitbatch_tui.models import Run, State

if TYPE_CHECKING:
    from gitbatch_tui.core.jobs.cancel_result import CancelResult
    from gitbatch_tui.core.server.client import Server


def cancel(server: Server, number: int, *, give_up: bool = False) -> CancelResult:
    run = Run(server.base, number, State.UNKNOWN, "", "")
    done = jobs.cancel(server, [run], give_up=give_up)[number]
    if done.error:
        raise done.error
    return done
