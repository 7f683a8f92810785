"""The commands that list the files of a run, and open a shell among them."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import click

from gitbatch_tui.cli.get import completing_paths, size_or_null, size_words
from gitbatch_tui.cli.names import any_run_argument, json_option, run_argument
from gitbatch_tui.cli.opening import opened, reach, reach_batch
from gitbatch_tui.cli.output import note, print_json, say, status
from gitbatch_tui.core.base.format import plural, size
from gitbatch_tui.core.base.text import one_line
from gitbatch_tui.core.batch.batch import Batch
from gitbatch_tui.core.browse.outline import tree_lines
from gitbatch_tui.core.browse.trees import open_tree
from gitbatch_tui.core.results.get import path_inside
from gitbatch_tui.core.runs.find import find, resolve
from gitbatch_tui.core.server.client import server_of

if TYPE_CHECKING:
    from collections.abc import Sequence


@click.command()
@any_run_argument
@click.argument("path", default="", shell_complete=completing_paths)
@json_option
def files(run: str, path: str, *, as_json: bool) -> None:
    """List the files of RUN with their sizes, also those that git ignores; or those in PATH.

    They are those of the run tree, as they are now. Where that is gone, they are those of the
    commit with the results, and of the large files beside it. Links are left out. `get` copies.

    JSON: run, commit (empty where it is the run tree), told (why it isn't), files (a list of path
    and size, in bytes; null where it isn't known).
    """
    inside = path_inside(path)
    with opened() as (clone, hosts), status(f"asking for the files of {run}"):
        remote, number = resolve(clone, run)
        batch = Batch(clone, hosts, remote)
        reach_batch(batch)
        tree = open_tree(batch, find(clone, hosts, f"{remote.name}#{number}").run)
        found = tree.files(inside)
    if tree.notice:
        note(tree.notice)
    if as_json:
        listed = [{"path": name, "size": size_or_null(length)} for length, name in found]
        name = f"{remote.name}#{number}"
        print_json({"run": name, "commit": tree.commit, "told": tree.notice, "files": listed})
    else:
        _print(found)


def _print(found: Sequence[tuple[int, str]]) -> None:
    for line in tree_lines(found):
        say(f"{size_words(line.size):>12}  {'  ' * line.depth}{one_line(line.name)}")
    total = sum(max(0, length) for length, _ in found)
    note(f"{plural(len(found), 'file')}, {size(total)}")


@click.command()
@run_argument
def shell(run: str) -> None:
    """Open a shell in the run tree of RUN, on the machine where it is.

    What you change there while the job runs may become part of its results.
    """
    with opened() as (clone, hosts):
        found = find(clone, hosts, run)
        server = server_of(hosts, found.remote)
        reach(server.host)
        command = server.files.shell(found.run.number)
        # The connection has to stay for it, so nothing is closed.
        os.execvp(command[0], command)  # noqa: S606  # a list of words, and no shell in between
