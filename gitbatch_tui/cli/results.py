"""The command that brings results home as commits."""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

import click

from gitbatch_tui.cli.names import completing, json_option, remotes, runs
from gitbatch_tui.cli.opening import opened, reach_batch
from gitbatch_tui.cli.output import is_interactive, note, print_json, say, status
from gitbatch_tui.cli.trouble import complain, if_interrupted
from gitbatch_tui.core.base.format import abbreviated, short
from gitbatch_tui.core.base.text import one_line
from gitbatch_tui.core.batch.batch import Batch
from gitbatch_tui.core.publish.publish import publish_after_pull
from gitbatch_tui.core.results.arrival import Arrival, PullResult, Way
from gitbatch_tui.core.results.best import best_of
from gitbatch_tui.core.results.pull import bring, look
from gitbatch_tui.core.results.stayed import what_stayed
from gitbatch_tui.core.results.waiting import offer, waiting
from gitbatch_tui.core.results.worktree import BroughtFiles
from gitbatch_tui.core.runs.groups import newest_sweep, runs_of
from gitbatch_tui.core.runs.listing import resolve
from gitbatch_tui.core.runs.parameters import differing, told
from gitbatch_tui.errors import Conflict, GitBatchError, Refused

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gitbatch_tui.core.git.repo import Clone
    from gitbatch_tui.core.hosts.pool import Hosts
    from gitbatch_tui.core.results.waiting import Waiting
    from gitbatch_tui.models import BatchRemote, Run

INCOMPLETE = 1
"""The exit status where something was left, or could not be brought."""
_RUN = re.compile(r".*#.*|[0-9]+")


@click.command()
@click.argument(
    "what", metavar="[REMOTE | RUN]", required=False, shell_complete=completing(remotes, runs)
)
@click.option(
    "--merge", "way", flag_value="merge", help="Merge results into a branch that has moved on."
)
@click.option("--files", "way", flag_value="files", help="Bring only files that the run changed.")
@click.option("--take", "way", flag_value="take", help="Use these results instead of those here.")
@click.option(
    "--branch",
    metavar="[NAME]",
    is_flag=False,
    flag_value="",
    default=None,
    help="Make them a branch of their own, batch-7 if you give no name.",
)
@click.option(
    "--best",
    metavar="METRIC",
    help="Of a sweep, the run with the least METRIC; -METRIC: with the greatest.",
)
@json_option
def pull(
    what: str | None, *, way: str | None, branch: str | None, best: str | None, as_json: bool
) -> None:
    """Bring the results of RUN home; without it, the newest ones of each branch that is here.

    Where several runs of one commit have results, say which you want; --best METRIC lets
    metrics.json of sweep:42, 12-23 or a branch decide, or without a name of the newest sweep.

    If your branch hasn't moved on, it is moved to the results. If it has commits of its own, a
    terminal is asked, and a script needs --merge or --files. Nothing is overwritten: a merge with
    a conflict is undone, and --files skips and names every file that was changed here.

    Results of a snapshot come as files. Results of a run that didn't succeed come only with
    --merge or --files.

    JSON: pulled, a list of run, done (a sentence), brought, removed, same and left (paths; of
    files only), stayed (sentences on what is on the server only); waiting, the other runs that
    have results; failed, a list of run and why.
    """
    what, branch = _sorted_out(what, branch)
    done = Pulls(Way.BRANCH if branch is not None else Way(way) if way else None, branch or "")
    with opened() as (clone, hosts):
        if best:
            with status("looking for the best"):
                run = _best(clone, hosts, what, best)
            what = run.name
            # Where nothing was done since its commit, its results just follow.
            if clone.commit_of("HEAD") != run.commit:
                done.way = done.way or Way.TAKE
        remote, number = _named(clone, what)
        batch = Batch(clone, hosts, remote)
        reach_batch(batch)
        chosen: list[int] = [number] if number else []
        others: list[Run] = []
        if number is None:
            with status(f"asking {remote.location}"):
                waits = waiting(batch)
            chosen, others = done.choose(waits), [*waits.others]
        for each in chosen:
            done.pull(batch, each)
        if done.done and not remote.published:
            _publish(batch)
    if as_json:
        print_json(done.json(others))
    else:
        _print_pulls(done, others)
    click.get_current_context().exit(0 if done.complete else INCOMPLETE)


def _best(clone: Clone, hosts: Hosts, what: str | None, wish: str) -> Run:
    """The run with the best value."""
    named = what is not None and what not in [remote.name for remote in clone.batch_remotes()]
    runs = runs_of(clone, hosts, what) if what and named else newest_sweep(clone, hosts, what)
    batch = Batch(clone, hosts, clone.batch_remote(runs[0].remote))
    run, value = best_of(batch, runs, wish)
    greatest = wish.startswith("-")
    way = "greatest" if greatest else "least"
    other = "" if greatest else f" `--best=-{one_line(wish)}` takes the greatest."
    parameters = told(run, differing(runs))
    note(f"{run.name} has the {way} {value} of {len(runs)} runs ({parameters}).{other}")
    return run


def _publish(batch: Batch) -> None:
    """Publish what is known now, where this clone is set to; trouble with that undoes no pull."""
    try:
        with status("publishing"):
            publication = publish_after_pull(batch, note)
    except GitBatchError as error:
        note(f"The runs were not published: {error}")
        return
    if publication and publication.new:
        note(f"The runs are published on {publication.to}.")


@dataclass
class Pulls:
    """The runs that were to be pulled, by what became of them."""

    way: Way | None
    branch: str = ""
    """The name of the branch that is to be made."""
    done: list[PullResult] = field(default_factory=list)
    failed: list[tuple[str, GitBatchError]] = field(default_factory=list)
    stayed: dict[str, tuple[str, ...]] = field(default_factory=dict)
    offered: set[str] = field(default_factory=set)
    """Runs that a sentence of `failed` names as ones to choose from."""

    @property
    def complete(self) -> bool:
        return not self.failed and all(pulled.complete for pulled in self.done)

    def choose(self, waits: Waiting) -> list[int]:
        """The newest of each branch; where there are alternatives, the one that is asked for."""
        chosen: list[int] = []
        for run in waits.newest:
            alternatives = waits.alternatives(run)
            if alternatives and not is_interactive():
                self.failed.append((run.name, Refused(offer(run, alternatives))))
                self.offered.update(each.name for each in alternatives)
            elif one := _one_of(run, alternatives):
                chosen.append(one.number)
        return chosen

    def pull(self, batch: Batch, number: int) -> None:
        """Pull one; what prevents it doesn't prevent the next."""
        name = f"{batch.remote.name}#{number}"
        try:
            with status(f"fetching the results of {name}") as line:
                arrival = look(batch, number, line.doing, line.print)
            way = self.way or _choice(arrival)
            with if_interrupted(f"What came of {name} by then is here; pull it again."):
                self.done.append(bring(arrival, way, self.branch))
            self.stayed[name] = what_stayed(batch.clone, arrival.run)
        except (Refused, Conflict) as error:
            self.failed.append((name, error))

    def json(self, others: Sequence[Run]) -> dict[str, Any]:
        return {
            "pulled": [
                {**_json(pulled), "stayed": list(self.stayed.get(pulled.run.name, ()))}
                for pulled in self.done
            ],
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
    ways = [
        (Way.MERGE, "merge them"),
        (Way.FILES, "bring only the files that the run changed"),
        (Way.TAKE, "use them instead of the results here"),
        (Way.BRANCH, "have them as a branch of their own"),
    ]
    number = _pick([words for _, words in ways], "leave them")
    return ways[number][0] if number is not None else None


def _one_of(run: Run, alternatives: Sequence[Run]) -> Run | None:
    """Ask which of several runs it is to be, where there are several."""
    if not alternatives:
        return run
    runs = sorted([run, *alternatives], key=lambda each: each.number)
    note(f"{len(runs)} runs of {short(run.commit)} have results that aren't pulled.")
    number = _pick(
        [f"{each.name}  {told(each, differing(runs))}".rstrip() for each in runs], "none"
    )
    return None if number is None else runs[number]


def _pick(ways: Sequence[str], none: str) -> int | None:
    """Ask which; None for none of them."""
    for number, words in enumerate([*ways, none], 1):
        note(f"  {number}  {words}")
    last = len(ways) + 1
    number = click.prompt("Which", type=click.IntRange(1, last), default=last, err=True)
    return None if number == last else number - 1


def _sorted_out(what: str | None, branch: str | None) -> tuple[str | None, str | None]:
    """The run to be pulled, and the branch; `--branch batch#7` names a run, not a branch."""
    if branch and what is None and _RUN.fullmatch(branch):
        return branch, ""
    return what, branch


def _json(pulled: PullResult) -> dict[str, Any]:
    files = pulled.files or BroughtFiles()
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
        for sentence in done.stayed.get(pulled.run.name, ()):
            note(sentence)
    for _, error in done.failed:
        complain(str(error), INCOMPLETE)
    if not done.done and not done.failed:
        say("There are no new results for a branch that is here.")
    names = ", ".join(run.name for run in others if run.name not in done.offered)
    if names:
        note(f"Other results aren't pulled: {names}. `gitbatch-tui pull RUN` brings them.")


def _way_on(run: Run, path: str) -> str:
    """Say what can be done about a file that is another one here."""
    name = PurePosixPath(path)
    beside = f"{name.stem}-{run.number}{name.suffix}"
    copy = shlex.join(["get", run.name, one_line(path), one_line(beside)])
    return (
        f"`gitbatch-tui {copy}` copies what the run has beside yours; `git merge "
        f"{abbreviated(run.result)}` merges all of it."
    )
