"""Brings the runs here that others have published on a git remote of the project."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gitbatch_tui.core.publish.adopt import adopt, git_remotes
from gitbatch_tui.errors import Refused
from gitbatch_tui.ui.dialogs.choose import Choose
from gitbatch_tui.ui.dialogs.dialog import ask

if TYPE_CHECKING:
    from gitbatch_tui.ui.app import GitBatchApp
    from gitbatch_tui.ui.state import Selection


async def bring_published(app: GitBatchApp, _: Selection) -> None:
    """Ask a git remote, of several the one that a person chooses."""
    remotes = await app.session.with_clone(git_remotes)
    if not remotes:
        raise Refused("This clone has no git remote on which runs could be published.")
    origin: str | None = remotes[0]
    if len(remotes) > 1:
        ways = [(name, name) for name in remotes]
        origin = await ask(app, Choose("Published runs of which git remote", ways))
    if origin is None:
        return
    name = origin
    with app.main.doing(f"Asking {name} ..."):
        found = await app.session.with_clone(lambda clone: adopt(clone, name))
    app.live.reread()
    names = ", ".join(each.remote.name for each in found)
    app.tell(f"Published on {name}: {names or 'no runs of others yet'}.")
