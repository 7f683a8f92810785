"""The commands that bring results home as commits, and that show them: pull and diff."""

from __future__ import annotations

import re
import shlex
import sys
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

import click

from gitbatch_tui.cli.names import completing, json_option, remotes, run_argument, runs
from gitbatch_tui.cli.opening import find_side, opened, reach
from gitbatch_tui.cli.output import is_interactive, note, print_json, say, status
from gitbatch_tui.cli.trouble import complain, if_interrupted
from gitbatch_tui.core.remote.batch import Batch
from gitbatch_tui.core.results.files_home import FilesHome
from gitbatch_tui.core.results.kept import changes_of, difference, patch
from gitbatch_tui.core.results.pull import Arrival, Pulled, Way, bring, look, waiting
from gitbatch_tui.core.runs.listing import resolve
from gitbatch_tui.core.text import clean, one_line
from gitbatch_tui.errors import Conflict, GitBatchError, Refused

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gitbatch_tui.core.clone.repo import Clone
    from gitbatch_tui.core.results.changes import Comparison
    from gitbatch_tui.models import BatchRemote, Run

INCOMPLETE = 1
"""The exit status where something was left, or could not be brought."""
_RUN = re.compile(r".*#.*|[0-9]+")
_COLOURS = {b"+": "green", b"-": "red", b"@": "cyan"}


@click.command()
@click.argument(
    "what", metavar="[REMOTE | RUN]", required=False, shell_complete=completing(remotes, runs)
)
@click.option("--merge", "way", flag_value="merge", help="Merge what doesn't follow your branch.")
@click.option("--files", "way", flag_value="files", help="Bring only files that the run changed.")
@json_option
def pull(what: str | None, *, way: str | None, as_json: bool) -> None:
    """Bring the results of RUN home; without it, the newest ones of each branch that is here.

    A branch that the results follow is moved to them. Where it has commits of its own, a
    terminal is asked; elsewhere --merge or --files decides. Nothing is overwritten: a merge with
    a conflict is undone, and --files leaves and names every file that was changed here.

    Results of a snapshot come as files. What a run left that didn't succeed comes only with
    --merge or --files.

    JSON: pulled, a list of run, done (a sentence), brought, removed, same and left (paths; of
    files only); waiting, the other runs that have results; failed, a list of run and why.
    """
    done = Pulls(Way(way) if way else None)
    with opened() as (clone, hosts):
        remote, number = _named(clone, what)
        batch = Batch(clone, hosts, remote)
        reach(batch.host)
        chosen: list[int] = [number] if number else []
        others: list[Run] = []
        if number is None:
            with status(f"asking {remote.location}"):
                newest, others = waiting(batch)
            chosen = [run.number for run in newest]
        for each in chosen:
            done.pull(batch, each)
    if as_json:
        print_json(done.json(others))
    else:
        _print_pulls(done, others)
    click.get_current_context().exit(0 if done.complete else INCOMPLETE)


@dataclass
class Pulls:
    """What became of the runs that were to be pulled."""

    way: Way | None
    done: list[Pulled] = field(default_factory=list)
    failed: list[tuple[str, GitBatchError]] = field(default_factory=list)

    @property
    def complete(self) -> bool:
        return not self.failed and all(pulled.complete for pulled in self.done)

    def pull(self, batch: Batch, number: int) -> None:
        """Pull one; what prevents it doesn't prevent the next."""
        name = f"{batch.remote.name}#{number}"
        try:
            with status(f"fetching the results of {name}") as line:
                arrival = look(batch, number, line.doing, line.print)
            way = self.way or _choice(arrival)
            with if_interrupted(f"What came of {name} by then is here; pull it again."):
                self.done.append(bring(arrival, way))
        except (Refused, Conflict) as error:
            self.failed.append((name, error))

    def json(self, others: Sequence[Run]) -> dict[str, Any]:
        return {
            "pulled": [_json(pulled) for pulled in self.done],
            "waiting": [run.name for run in others],
            "failed": [{"run": name, "why": str(error)} for name, error in self.failed],
        }


def _named(clone: Clone, what: str | None) -> tuple[BatchRemote, int | None]:
    """A remote, and the number of a run if one was named."""
    if what is None or not _RUN.fullmatch(what):
        return clone.batch_remote(what), None
    return resolve(clone, what)


def _choice(arrival: Arrival) -> Way | None:
    """Ask how, where that has to be decided and there is somebody to ask."""
    if not arrival.needs_choice or not is_interactive():
        return None
    note(f"{arrival.situation}")
    ways = [(Way.MERGE, "merge them"), (Way.FILES, "bring only the files that the run changed")]
    for number, (_, words) in enumerate([*ways, (None, "leave them")], 1):
        note(f"  {number}  {words}")
    number = click.prompt("Which", type=click.IntRange(1, 3), default=3, err=True)
    return ways[number - 1][0] if number <= len(ways) else None


def _json(pulled: Pulled) -> dict[str, Any]:
    files = pulled.files or FilesHome()
    lists = {
        "brought": list(files.brought),
        "removed": list(files.removed),
        "same": list(files.same),
        "left": [{"path": path, "why": why} for path, why in files.left.items()],
    }
    return {"run": pulled.run.name, "done": pulled.done, **lists}


def _print_pulls(done: Pulls, others: Sequence[Run]) -> None:
    for pulled in done.done:
        say(pulled.done)
        left = pulled.files.left if pulled.files else {}
        for path, why in left.items():
            say(f"  left {one_line(path)}: {one_line(why)}")
        if left:
            note(_way_on(pulled.run, next(iter(left))))
    for _, error in done.failed:
        complain(str(error), INCOMPLETE)
    if not done.done and not done.failed:
        say("No results wait for a branch that is here.")
    if others:
        names = ", ".join(run.name for run in others)
        note(f"Other results wait: {names}. `gitbatch-tui pull RUN` brings them.")


def _way_on(run: Run, path: str) -> str:
    """What can be done about a file that is another one here."""
    name = PurePosixPath(path)
    beside = f"{name.stem}-{run.number}{name.suffix}"
    copy = shlex.join(["get", run.name, one_line(path), one_line(beside)])
    return (
        f"`gitbatch-tui {copy}` copies what the run has beside yours; `git merge "
        f"{run.result[:12]}` merges all of it."
    )


@click.command()
@run_argument
@click.argument("other", metavar="[RUN]", required=False, shell_complete=completing(runs))
@json_option
def diff(run: str, other: str | None, *, as_json: bool) -> None:
    """Show what RUN changed, or how the results of a second RUN differ from those of the first.

    Of two runs, files that one of them wrote are compared, not what came with their commits. A
    pipe or a file gets a patch that git can apply.

    JSON: old and new (commits; for runs of two commits the trees of what they wrote), and files,
    a list of status (git's letter), path, old_path, added and deleted (lines; null where binary
    is true), binary.
    """
    with opened() as (clone, hosts):
        with status(f"looking at {run}") as line:
            found = [find_side(clone, hosts, name, line) for name in (run, other) if name]
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
