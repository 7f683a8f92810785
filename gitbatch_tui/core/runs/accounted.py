"""Runs with what their schedulers' accounting says of them, where that can be asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gitbatch_tui.core.jobs.accounting import account, needs_accounting
from gitbatch_tui.core.server.client import server_of
from gitbatch_tui.errors import GitBatchError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from gitbatch_tui.core.hosts.pool import Hosts
    from gitbatch_tui.models import BatchRemote, Run

_AT_ONCE = 200
"""As many runs, the newest, as are asked for together."""


def accounted(hosts: Hosts, remote: BatchRemote, runs: Sequence[Run], now: datetime) -> list[Run]:
    """Return the runs of a remote with what they used; as they are where nobody can be asked.

    `now` is the time by the server's clock. What is found out is recorded for everybody.
    """
    missing = [run for run in runs if needs_accounting(run, now) and run.as_of is None][:_AT_ONCE]
    if not missing or remote.published:
        return list(runs)
    try:
        told = {run.number: run for run in account(server_of(hosts, remote), missing, now)}
    except GitBatchError:
        # What was used is worth no error: all else about these runs is known.
        return list(runs)
    return [told.get(run.number, run) for run in runs]
