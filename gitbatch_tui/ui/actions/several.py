"""Does the same to several runs, and shows the troubles with them together."""

from __future__ import annotations

import asyncio
from collections import deque
from itertools import groupby
from typing import TYPE_CHECKING, TypeVar

from gitbatch_tui.errors import GitBatchError, Unreachable
from gitbatch_tui.ui.present import named

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from gitbatch_tui.core.server.client import Server
    from gitbatch_tui.models import Run
    from gitbatch_tui.ui.app import GitBatchApp

T = TypeVar("T")
SHOWN = 3
"""How many troubles are shown one by one."""


async def each(
    app: GitBatchApp,
    runs: Iterable[Run],
    doing: str,
    action: Callable[[Server, Run], T],
    at_once: int = 1,
) -> list[tuple[Run, T]]:
    """Do something in threads to each run; remotes side by side, so many runs of one at a time.

    Those with which nothing went wrong come back, with what the action returned.
    """
    by_remote = groupby(sorted(runs, key=lambda run: run.remote), lambda run: run.remote)
    groups = [list(group) for _, group in by_remote]
    servers = [app.session.server(app.live.state.own_remote_of(group[0])) for group in groups]
    troubles: list[GitBatchError] = []
    done: list[tuple[Run, T]] = []

    async def work(server: Server, left: deque[Run]) -> None:
        while left:
            run = left.popleft()
            try:
                with app.main.doing(f"{doing} {named(run)} ..."):
                    done.append((run, await asyncio.to_thread(action, server, run)))
            except GitBatchError as error:
                troubles.append(error)
                if isinstance(error, Unreachable):
                    left.clear()

    queues = zip(servers, map(deque, groups), strict=True)
    await asyncio.gather(*(work(*queue) for queue in queues for _ in range(at_once)))
    await show_troubles(app, troubles)
    return done


async def show_troubles(app: GitBatchApp, errors: Iterable[GitBatchError]) -> None:
    """Show what went wrong, what is the same of several once."""
    troubles = list({str(error): error for error in errors}.values())
    for error in troubles[:SHOWN]:
        await app.show_trouble(error)
    if len(troubles) > SHOWN:
        app.tell(f"It went wrong with {len(troubles) - SHOWN} more.", severity="warning")
