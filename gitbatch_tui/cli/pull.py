"""The command that brings results home as commits."""

from __future__ import annotations

import re
from itertools import combinations
from typing import TYPE_CHECKING

import click

from gitbatch_tui.cli.exclusive import Exclusive
from gitbatch_tui.cli.names import all_runs, completing, json_option, remotes
from gitbatch_tui.cli.opening import opened, reach_batch
from gitbatch_tui.cli.output import note, print_json, status
from gitbatch_tui.cli.pull_report import INCOMPLETE, json_of, print_pulls
from gitbatch_tui.cli.pulls import Pulls
from gitbatch_tui.core.base.format import plural
from gitbatch_tui.core.base.text import one_line
from gitbatch_tui.core.batch.batch import Batch
from gitbatch_tui.core.publish.publish import publish_after_pull
from gitbatch_tui.core.results.arrival import Way
from gitbatch_tui.core.results.best import best_of
from gitbatch_tui.core.results.waiting import waiting
from gitbatch_tui.core.runs.find import resolve
from gitbatch_tui.core.runs.groups import newest_sweep, runs_of
from gitbatch_tui.core.runs.parameters import differing, named
from gitbatch_tui.errors import GitBatchError

if TYPE_CHECKING:
    from gitbatch_tui.core.git.repo import Clone
    from gitbatch_tui.core.hosts.pool import Hosts
    from gitbatch_tui.models import BatchRemote, Run

_RUN = re.compile(r".*#.*|[0-9]+")


@click.command(
    cls=Exclusive, exclusive=combinations(("--merge", "--files", "--take", "--branch"), 2)
)
@click.argument(
    "what", metavar="[REMOTE | RUN]", required=False, shell_complete=completing(remotes, all_runs)
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
        print_json(json_of(done, others))
    else:
        print_pulls(done, others)
    click.get_current_context().exit(0 if done.complete else INCOMPLETE)


def _best(clone: Clone, hosts: Hosts, what: str | None, wish: str) -> Run:
    """The run with the best value."""
    is_remote = what in [remote.name for remote in clone.batch_remotes()]
    runs = (
        newest_sweep(clone, hosts, what) if is_remote or not what else runs_of(clone, hosts, what)
    )
    batch = Batch(clone, hosts, clone.batch_remote(runs[0].remote))
    run, value = best_of(batch, runs, wish)
    greatest = wish.startswith("-")
    way = "greatest" if greatest else "least"
    other = "" if greatest else f" `--best=-{one_line(wish)}` takes the greatest."
    chosen = named(run, differing(runs))
    note(f"{chosen} has the {way} {value} of {plural(len(runs), 'run')}.{other}")
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


def _named(clone: Clone, what: str | None) -> tuple[BatchRemote, int | None]:
    """A remote, and the number of a run if one was named."""
    if what is None or not _RUN.fullmatch(what):
        return clone.batch_remote(what), None
    return resolve(clone, what)


def _sorted_out(what: str | None, branch: str | None) -> tuple[str | None, str | None]:
    """The run to be pulled, and the branch; `--branch batch#7` names a run, not a branch."""
    if branch and what is None and _RUN.fullmatch(branch):
        return branch, ""
    return what, branch
