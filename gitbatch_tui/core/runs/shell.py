"""The command that opens a shell in a run tree."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gitbatch_tui.core.hosts.location import BASE
from gitbatch_tui.errors import UnknownName

if TYPE_CHECKING:
    from gitbatch_tui.core.server.client import Server

_ENTER = BASE + """cd "$base/runs/$2/tree" 2>/dev/null"""
_SHELL = f"""{_ENTER} && exec "${{SHELL:-/bin/sh}}\""""


def shell_command(server: Server, run: int) -> list[str]:
    """The command for the person's terminal; raises `UnknownName` where the tree is gone."""
    if server.host.run(_ENTER, server.base, str(run)).status:
        raise UnknownName(
            f"The tree of run {run} isn't on {server.host.name} any more: `gitbatch-tui "
            "prune` removes it once its results are in git."
        )
    return server.host.interactive(_SHELL, server.base, str(run))
