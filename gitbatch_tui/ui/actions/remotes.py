"""Upgrades a batch remote or undoes its set-up, here or there; brings what others published."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from gitbatch_tui.core.hosts.location import Location
from gitbatch_tui.core.publish.adopt import adopt, disown, git_remotes
from gitbatch_tui.core.setup.contents import survey
from gitbatch_tui.core.setup.plan import SetupRequest
from gitbatch_tui.core.setup.remove import forget_remote, remove_base
from gitbatch_tui.errors import Refused
from gitbatch_tui.ui.actions.setup import set_up
from gitbatch_tui.ui.dialogs.choose import Choose
from gitbatch_tui.ui.dialogs.confirm import Confirm
from gitbatch_tui.ui.dialogs.dialog import ask
from gitbatch_tui.ui.setup_sentences import Undo, about_forgetting, about_removing, ways_to_undo

if TYPE_CHECKING:
    from gitbatch_tui.models import BatchRemote
    from gitbatch_tui.ui.app import GitBatchApp
    from gitbatch_tui.ui.state import Selection


async def undo(app: GitBatchApp, selection: Selection) -> None:
    """Offer the ways, from the harmless to the final."""
    remote = selection.any_remote()
    way = await ask(app, Choose(f"{remote.name}, {remote.location}", ways_to_undo(remote)))
    if way is Undo.UPGRADE:
        await app.attempt(set_up, SetupRequest(remote.name, Location.parse(remote.location)))
    elif way is Undo.FORGET:
        await _forget(app, remote)
    elif way is Undo.REMOVE:
        await _remove(app, remote)


async def _forget(app: GitBatchApp, remote: BatchRemote) -> None:
    if not await ask(app, Confirm(about_forgetting(remote))):
        return
    if remote.published:
        await app.session.with_clone(lambda clone: disown(clone, remote.published))
        app.live.reread()
        app.tell(f"What was published on {remote.published} is forgotten here.")
    else:
        await app.session.with_clone(lambda clone: forget_remote(clone, remote))
        _tell_forgotten(app, remote, "stays as it is")


async def _remove(app: GitBatchApp, remote: BatchRemote) -> None:
    """Show what would be lost, and remove it where a person agrees."""
    host = app.session.server(remote).host
    with app.main.doing(f"Looking at what is in {remote.name} ..."):
        contents = await app.session.with_clone(lambda clone: survey(host, remote.base, clone))
    if not await ask(app, Confirm(about_removing(remote, contents))):
        return
    force = bool(contents.active or contents.others)
    with app.main.doing(f"Removing {remote.name} ..."):
        await asyncio.to_thread(remove_base, host, contents, force=force)
        await app.session.with_clone(lambda clone: forget_remote(clone, remote))
    _tell_forgotten(app, remote, "is gone")


def _tell_forgotten(app: GitBatchApp, remote: BatchRemote, rest: str) -> None:
    app.live.reread()
    app.tell(f"{remote.name} was removed from this clone; {remote.location} {rest}.")


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
