"""The command that undoes setup: here, and on the server where that is wanted."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from gitbatch_tui.cli.exclusive import Exclusive
from gitbatch_tui.cli.names import from_option, remote_argument, yes_option
from gitbatch_tui.cli.opening import opened, opened_batch
from gitbatch_tui.cli.output import confirm, say, status
from gitbatch_tui.cli.trouble import if_interrupted
from gitbatch_tui.core.base.format import plural, size
from gitbatch_tui.core.publish.adopt import disown
from gitbatch_tui.core.runs.published import remote_called
from gitbatch_tui.core.setup.contents import BaseContents, survey
from gitbatch_tui.core.setup.remove import forget_remote, remove_base
from gitbatch_tui.errors import Refused

if TYPE_CHECKING:
    from gitbatch_tui.core.git.repo import Clone
    from gitbatch_tui.models import BatchRemote


@click.command(
    cls=Exclusive,
    exclusive=[("--from", other) for other in ("REMOTE", "--server", "--force")],
)
@remote_argument
@from_option("Forget the runs that were published there.")
@click.option("--server", is_flag=True, help="Also remove the folder on the server.")
@click.option("--force", is_flag=True, help="Cancel active runs, and remove other files, too.")
@yes_option
def remove(remote: str | None, *, origin: str | None, server: bool, force: bool, yes: bool) -> None:
    """Undo setup: remove the batch remote from this clone.

    With --server, its folder on the server is removed, too, with all runs and results that aren't
    pulled; you are shown first what is in it, and whose. That is refused while runs are active, or
    if other files are in it, unless you give --force; and if it belongs to somebody else, or can't
    be removed as a whole.

    With --from, what `setup --from` brought is forgotten here; it stays on GITREMOTE.
    """
    if origin:
        _disown(origin)
        return
    if force and not server:
        raise click.UsageError("--force is for the folder on the server: add --server.")
    if remote is None:
        raise click.UsageError("REMOTE is missing: which batch remote is to be removed?")
    if not server:
        with opened() as (clone, _):
            forget_remote(clone, found := _own(clone, remote))
        say(f"Removed the remote {found.name}; {found.location} stays as it is.")
        return
    with opened_batch(remote) as batch:
        with status(f"looking at {batch.remote.location}"):
            contents = survey(batch.host, batch.remote.base, batch.clone)
        _describe(contents, batch.host.name)
        confirm(f"Remove {contents.base} on {batch.host.name} for good?", yes=yes)
        with status(f"removing {contents.base}"), if_interrupted("It is removed in part."):
            remove_base(batch.host, contents, force=force)
        forget_remote(batch.clone, batch.remote)
    say(
        f"Removed {contents.base} on {batch.host.name} ({size(contents.size)} are free again), and "
        f"the remote {remote} here."
    )


def _own(clone: Clone, name: str) -> BatchRemote:
    """A batch remote of the clone; raises `Refused` for what others have published."""
    found = remote_called(clone, name)
    if found.published:
        raise Refused(
            f"{found.name} is what was published on {found.published}: `gitbatch-tui remove --from "
            f"{found.published}` forgets that."
        )
    return found


def _disown(origin: str) -> None:
    with opened() as (clone, _):
        names = disown(clone, origin)
    for name in names:
        say(f"{name} is forgotten here.")
    say(f"What is published on {origin} stays there; `git fetch` doesn't bring it any more.")


def _describe(contents: BaseContents, host: str) -> None:
    say(f"{contents.base} on {host}: {plural(contents.runs, 'run')}, {size(contents.size)}.")
    if contents.lost:
        say(contents.lost)
    if contents.active:
        say(f"These runs have not ended: {', '.join(map(str, contents.active))}.")
    if contents.others:
        say(f"Also in there, and not ours: {', '.join(contents.others)}.")
