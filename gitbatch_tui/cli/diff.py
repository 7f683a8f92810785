"""The command that shows what runs changed."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import click

from gitbatch_tui.cli.names import all_runs, any_run_argument, completing, json_option
from gitbatch_tui.cli.opening import find_side, opened
from gitbatch_tui.cli.output import print_json, status
from gitbatch_tui.core.base.text import clean
from gitbatch_tui.core.results.revisions import changes_of, difference, patch

if TYPE_CHECKING:
    from gitbatch_tui.core.diffs.files import Comparison

_COLOURS = {b"+": "green", b"-": "red", b"@": "cyan"}


@click.command()
@any_run_argument
@click.argument("other", metavar="[RUN]", required=False, shell_complete=completing(all_runs))
@json_option
def diff(run: str, other: str | None, *, as_json: bool) -> None:
    """Show what RUN changed, or how the results of a second RUN differ from those of the first.

    With two runs, the files that they wrote are compared, not those that came with their commits.
    Written to a pipe or a file, the output is a patch that git can apply.

    JSON: old and new (commits; for runs of two commits the trees of what they wrote), and files,
    a list of status (git's letter), path, old_path, added and deleted (lines; null where binary
    is true), binary.
    """
    with opened() as (clone, hosts):
        with status(f"looking at {run}") as line:
            found = [find_side(clone, hosts, name) for name in (run, other) if name]
            one, *more = found
            comparison = (
                difference(one, more[0], line.doing) if more else changes_of(*one, line.doing)
            )
        if as_json:
            print_json(_changes_json(comparison))
            return
        _print_patch(comparison)


def _changes_json(comparison: Comparison) -> dict[str, Any]:
    files = [
        {
            "status": change.status,
            "path": change.path,
            "old_path": change.old_path,
            "added": change.added,
            "deleted": change.deleted,
            "binary": change.added is None,
        }
        for change in comparison.files()
    ]
    return {"old": comparison.old, "new": comparison.new, "files": files}


def _print_patch(comparison: Comparison) -> None:
    if not sys.stdout.isatty():
        for chunk in patch(comparison, whole=True):
            sys.stdout.buffer.write(chunk)
        return
    pending = b""
    for chunk in patch(comparison, whole=False):
        *lines, pending = (pending + chunk).split(b"\n")
        for line in lines:
            click.secho(clean(line), fg=_COLOURS.get(line[:1]))
    if pending:
        click.secho(clean(pending))
