"""The command that makes room on the server."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from gitbatch_tui.cli.names import json_option, remote_argument, yes_option
from gitbatch_tui.cli.opening import opened_batch
from gitbatch_tui.cli.output import confirm, note, print_json, say, status
from gitbatch_tui.cli.trouble import if_interrupted
from gitbatch_tui.core.base.format import plural, size

if TYPE_CHECKING:
    from gitbatch_tui.core.server.protocol import Pruned

SHOWN = 10
"""As many kept run trees as are listed with their reasons."""


@click.command()
@remote_argument
@click.option("--dry-run", is_flag=True, help="Say what would be removed, and remove nothing.")
@click.option(
    "--ignored", is_flag=True, help="Also delete files that .gitignore kept out of the results."
)
@yes_option
@json_option
def prune(remote: str | None, *, dry_run: bool, ignored: bool, yes: bool, as_json: bool) -> None:
    """Delete the working folders (run trees) of finished runs whose results are safely stored.

    A run tree is deleted only if its results are in the repository on the server, which is checked
    first. Logs, records and results stay. A run tree with files that .gitignore excludes stays,
    too, since they are nowhere else: `gitbatch-tui get` copies them, and --ignored deletes them.
    One with files that were left out of the results, such as keys, stays in any case. You are shown
    how much space becomes free, and asked.

    JSON: freed (bytes), removed (bytes by run), kept (the reason by run).
    """
    with opened_batch(remote) as batch:
        with status(f"looking at the run trees of {batch.remote.name}"):
            found = batch.server.prune(dry_run=True, ignored=ignored)
        if not as_json:
            _describe(batch.remote.name, found)
        if not dry_run and found.removed:
            trees = plural(len(found.removed), "run tree")
            confirm(f"Remove {trees} of {batch.remote.name}, {size(found.freed)}?", yes=yes)
            with status("removing"), if_interrupted("Some may be removed; prune again."):
                before, found = found, batch.server.prune(dry_run=False, ignored=ignored)
            for run in found.kept.keys() - before.kept.keys():
                note(f"run {run} stays: {found.kept[run]}")
            trees = plural(len(found.removed), "run tree")
            note(f"Removed {trees}; {size(found.freed)} are free again.")
    if as_json:
        print_json({"freed": found.freed, "removed": found.removed, "kept": found.kept})


def _describe(remote: str, found: Pruned) -> None:
    say(f"{plural(len(found.removed), 'run tree')} of {remote} can go, {size(found.freed)}.")
    for run, why in list(found.kept.items())[:SHOWN]:
        say(f"  run {run} stays: {why}")
    if len(found.kept) > SHOWN:
        say(f"  {len(found.kept) - SHOWN} more stay; --json lists them.")
