"""The commands about frozen data: freeze and verify-data."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from gitbatch_tui.cli.names import completing, json_option, remotes
from gitbatch_tui.cli.opening import opened, reach
from gitbatch_tui.cli.output import confirm, is_interactive, note, print_json, say, status
from gitbatch_tui.cli.trouble import if_interrupted
from gitbatch_tui.core.base.text import one_line
from gitbatch_tui.core.freezing import FreezeClient
from gitbatch_tui.core.hosts.host import LocalHost
from gitbatch_tui.core.server.client import server_of
from gitbatch_tui.errors import NoPython, NotARepository

if TYPE_CHECKING:
    from collections.abc import Callable

    from gitbatch_tui.cli.names import F
    from gitbatch_tui.core.freezing import FrozenCheck

ALTERED = 1
"""The exit status where data isn't what its name says."""
_INTERRUPTED = "Nothing is lost: the same command goes on from here."
_HOW = {
    "moved": "moved into the archive",
    "copied": "copied into the archive on another file system, verified, and removed here",
    "linked": "in the archive already, verified, and linked",
    "finished": "finished what an interrupted command had begun",
}


def on_option(command: F) -> F:
    """A batch remote whose host has the data."""
    option: Callable[[F], F] = click.option(
        "--on",
        "remote",
        metavar="REMOTE",
        shell_complete=completing(remotes),
        help="The data is on the host of this batch remote, which needs python3.",
    )
    return option(command)


@click.command()
@click.argument("directory", metavar="DIR")
@click.option("--archive", metavar="DIR", default="", help="Where frozen data is kept.")
@on_option
@click.option(
    "--algorithm", metavar="NAME", default="sha256", show_default=True, help="Hash algorithm."
)
@click.option(
    "--block-size",
    "block",
    metavar="SIZE",
    default="128M",
    show_default=True,
    help="Block size of the hash: 1 to 1023, with k, M or G.",
)
@json_option
def freeze(  # noqa: PLR0913  # the command's own options
    directory: str, archive: str, remote: str | None, algorithm: str, block: str, *, as_json: bool
) -> None:
    """Move DIR into an archive under its hash, read-only, and leave a link to it.

    A run that reads its data through such a link records by the link which data it was. The data
    becomes ARCHIVE/<hash>/; beside it, ARCHIVE/<hash>.manifest lists the hash of each file. The
    default of --archive is `git config gitbatch.archive` (with --on, in the batch remote's
    repository), or else the folder `archive` beside DIR.

    DIR has to hold everything itself: no links out of it, no mount points, no files that belong to
    others or are in use. If freezing is interrupted, nothing is lost: give the same command again.

    JSON: hash, how (moved, copied, linked, finished), link, data, unseen (what could not be looked
    at before).
    """
    keeper = _keeper(remote)
    with status(f"hashing {directory}") as line, if_interrupted(_INTERRUPTED):
        frozen = keeper.freeze(
            directory,
            archive,
            algorithm=algorithm,
            block=block,
            tell=lambda progress: line.doing(str(progress)),
        )
    if as_json:
        print_json(asdict(frozen))
        return
    say(frozen.hash)
    note(f"{one_line(frozen.link)} -> {one_line(frozen.data)}: {_HOW[frozen.how]}")
    if frozen.unseen:
        note(one_line(frozen.unseen))


@click.command("verify-data")
@click.argument("path")
@on_option
@json_option
def verify_data(path: str, remote: str | None, *, as_json: bool) -> None:
    """Check frozen data against the hash that is its name.

    PATH is a link to frozen data, the data in its archive, or a whole archive. Every file that was
    altered is named. The exit status is 0 only if nothing was.

    JSON: a list, each with hash, data, good, actual (the hash it has now; empty: the data is
    gone), altered (how each file differs), why (the files can't be named).
    """
    verdicts = _verify(path, remote)
    if as_json:
        print_json([asdict(verdict) for verdict in verdicts])
    else:
        for verdict in verdicts:
            _print(verdict)
    good = all(verdict.good for verdict in verdicts)
    click.get_current_context().exit(0 if good else ALTERED)


def _verify(path: str, remote: str | None) -> tuple[FrozenCheck, ...]:
    keeper = _keeper(remote)
    with status(f"checking {path}") as line:
        try:
            return keeper.verify(path, lambda progress: line.doing(str(progress)))
        except NoPython as error:
            if not Path(path).expanduser().exists() or not is_interactive():
                raise
            line.stop()
            confirm(f"{error} {path} is here, too: check it here?", yes=False)
    with status(f"checking {path}") as line:
        return FreezeClient(LocalHost()).verify(path, lambda progress: line.doing(str(progress)))


def _keeper(remote: str | None) -> FreezeClient:
    """The machine that has the data, and the batch remotes on it that we know."""
    try:
        with opened() as (clone, hosts):
            if remote is None:
                here = [each for each in clone.batch_remotes() if each.location == each.base]
                return FreezeClient(LocalHost(), "", tuple(each.base for each in here))
            chosen = clone.batch_remote(remote)
            host = server_of(hosts, chosen).host
            reach(host)
            return FreezeClient(host, chosen.base, (chosen.base,))
    except NotARepository:
        if remote is None:
            return FreezeClient(LocalHost())
        raise


def _print(verdict: FrozenCheck) -> None:
    say(f"{'ok     ' if verdict.good else 'ALTERED'}  {verdict.hash}")
    for path, how in verdict.altered.items():
        say(f"         {one_line(path)}: {one_line(how)}")
    if verdict.why:
        note(one_line(verdict.why))
