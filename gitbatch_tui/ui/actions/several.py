"""Does the same to several runs; what goes wrong with many of them is told once."""

from __future__ import annotations

import asyncio
from itertools import groupby
from typing import TYPE_CHECKING, TypeVar

from gitbatch_tui.errors import GitBatchError, Unreachable
from gitbatch_tui.ui.present import named

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from gitbatch_tui.core.server.client import Server
    from gitbatch_tui.models import Run
    from gitbatch_tui.ui.app import GitBatchApp

T = TypeVar("T")
SHOWN = 3
"""How many troubles are shown one by one."""


async def each(
    app: GitBatchApp, runs: Iterable[Run], doing: str, action: Callable[[Server, Run], T]
) -> list[tuple[Run, T]]:
    """Do something in a thread to each run; remotes side by side, runs of one after the other.

    Those with which nothing went wrong come back, with what the action returned.
    """
    by_remote = groupby(sorted(runs, key=lambda run: run.remote), lambda run: run.remote)
    groups = [list(group) for _, group in by_remote]
    servers = [app.session.server(app.live.state.own_remote_of(group[0])) for group in groups]
    troubles: dict[str, GitBatchError] = {}

    async def work(server: Server, own: Sequence[Run]) -> list[tuple[Run, T]]:
        done = []
        for run in own:
            try:
                with app.main.doing(f"{doing} {named(run)} ..."):
                    done.append((run, await asyncio.to_thread(action, server, run)))
            except GitBatchError as error:
                troubles.setdefault(str(error), error)
                if isinstance(error, Unreachable):
                    break
        return done

    done = await asyncio.gather(*map(work, servers, groups))
    await _show(app, list(troubles.values()))
    return [pair for group in done for pair in group]


async def _show(app: GitBatchApp, troubles: Sequence[GitBatchError]) -> None:
    for error in troubles[:SHOWN]:
        await app.show_trouble(error)
    if len(troubles) > SHOWN:
        app.tell(f"It went wrong with {len(troubles) - SHOWN} more.", severity="warning")
