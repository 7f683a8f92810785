"""The commands that stop runs, and keep them from starting."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

import click

from gitbatch_tui.cli.names import json_option, runs_argument, yes_option
from gitbatch_tui.cli.opening import ended_if_interrupted, opened, reach
from gitbatch_tui.cli.output import is_interactive, note, print_json, say, status
from gitbatch_tui.cli.trouble import complain, if_interrupted
from gitbatch_tui.core.base.format import plural, short
from gitbatch_tui.core.base.text import one_line
from gitbatch_tui.core.jobs import hold as holding
from gitbatch_tui.core.jobs.cancel import cancel as cancel_runs
from gitbatch_tui.core.runs.find import FoundRun, find, resolve
from gitbatch_tui.core.runs.groups import expand
from gitbatch_tui.core.runs.outcome import state_words
from gitbatch_tui.core.runs.parameters import differing, named, parameter_words
from gitbatch_tui.core.server.client import server_of
from gitbatch_tui.errors import GitBatchError, Refused

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from gitbatch_tui.core.hosts.pool import Hosts
    from gitbatch_tui.core.jobs.cancel_result import CancelResult
    from gitbatch_tui.core.server.client import Server
    from gitbatch_tui.models import BatchRemote, RunKey


@click.command()
@runs_argument
@click.option(
    "--give-up", is_flag=True, help="End runs also where jobs can't be stopped, and may go on."
)
@yes_option
@json_option
def cancel(names: tuple[str, ...], *, give_up: bool, yes: bool, as_json: bool) -> None:
    """Stop runs, queued or running.

    All jobs of a run are stopped: queued and running ones, chains, arrays, and jobs that a job
    submitted. What a run has committed by then is kept. A terminal is asked first. The exit status
    is 1 if a run had ended, or if one of its jobs couldn't be stopped or isn't known to its
    scheduler. If nobody can stop what is left, as on a host that is gone, --give-up ends the run.

    JSON: a list with run, cancelled (true or false), said (why not), and of jobs: stopped, ending
    (told to end, still running), left (why each couldn't be stopped).
    """
    with opened() as (clone, hosts):
        with status(f"asking for {', '.join(names)}"):
            chosen = expand(clone, hosts, names, unfinished=True)
            found = [find(clone, hosts, name) for name in chosen]
        _agree(found, yes=yes)
        _reach_all(hosts, found)
        with status(f"cancelling {', '.join(names)}") as line:
            ends = _cancel_all(hosts, found, line.doing, give_up=give_up)
    if as_json:
        pairs = zip(found, ends, strict=True)
        print_json([_cancelled_json(each.run.name, end) for each, end in pairs])
    apart = differing(each.run for each in found)
    for each, done in zip(found, ends, strict=True):
        run = named(each.run, apart)
        if done.trouble:
            complain(f"{run}: {done.words + '; ' if done.words else ''}{done.trouble}", 1)
            if done.left and not give_up:
                note(f"where nobody can stop that, this ends the run: cancel --give-up {run}")
        elif not as_json:
            say(f"{run} is cancelled{f': {done.words}' if done.words else ''}.")
    click.get_current_context().exit(int(any(done.trouble for done in ends)))


def _cancelled_json(run: str, done: CancelResult) -> dict[str, object]:
    said = {"run": run, "cancelled": not done.trouble, "said": done.trouble}
    return said | {"stopped": done.stopped, "ending": done.ending, "left": done.left}


def _agree(found: list[FoundRun], *, yes: bool) -> None:
    if yes or not is_interactive():
        return
    apart = differing(each.run for each in found) if len(found) > 1 else None
    for run in (each.run for each in found):
        words = (run.name, state_words(run), parameter_words(run, apart), one_line(run.branch))
        note("  ".join(["", *filter(None, words), short(run.commit)]))
    if not click.confirm("Cancel it?" if len(found) == 1 else "Cancel them?", err=True):
        raise Refused("Nothing was cancelled.")


def _reach_all(hosts: Hosts, found: Iterable[FoundRun]) -> None:
    """Let the person log in where a host wants that; what prevents it is said of each run."""
    for host in {each.remote: server_of(hosts, each.remote).host for each in found}.values():
        with suppress(GitBatchError):
            reach(host)


def _cancel_all(
    hosts: Hosts, found: Sequence[FoundRun], tell: Callable[[str], None], *, give_up: bool
) -> list[CancelResult]:
    """Cancel runs, those of one batch remote after those of another; returns what came of each."""
    ends: dict[RunKey, CancelResult] = {}

    def so_far(number: int) -> None:
        tell(f"cancelling: {len(ends) + number} of {plural(len(found), 'run')} done")

    with (
        if_interrupted(
            'Some may be cancelled all the same: of those, `gitbatch-tui show RUN` says "is being '
            'cancelled" while they wait. To cancel the rest, give the command again.'
        ),
        ended_if_interrupted(hosts),
    ):
        for remote in dict.fromkeys(each.remote for each in found):
            runs = [each.run for each in found if each.remote == remote]
            done = cancel_runs(server_of(hosts, remote), runs, so_far, give_up=give_up)
            ends |= {run.key: done[run.number] for run in runs}
    return [ends[each.run.key] for each in found]


@click.command()
@runs_argument
@json_option
def hold(names: tuple[str, ...], *, as_json: bool) -> None:
    """Keep queued jobs of runs from starting, until `release`.

    Every scheduler but at, task-spooler and the embedded `local` can do that. The exit status is 1
    if a run couldn't be held.

    JSON: a list with run, held (true or false), and said (why not).
    """
    _order(names, "held", holding.hold, as_json=as_json)


@click.command()
@runs_argument
@json_option
def release(names: tuple[str, ...], *, as_json: bool) -> None:
    """Let held jobs of runs start.

    JSON: a list with run, released (true or false), and said (why not).
    """
    _order(names, "released", holding.release, as_json=as_json)


def _order(
    names: tuple[str, ...], done: str, order: Callable[[Server, int], None], *, as_json: bool
) -> None:
    asking = status(f"asking for {', '.join(names)}")
    with opened() as (clone, hosts), asking, if_interrupted("Some may be done; give it again."):
        chosen = expand(clone, hosts, names, unfinished=True)
        said = [_ordered(hosts, *resolve(clone, name), order) for name in chosen]
    _tell(said, done, as_json=as_json)


def _tell(said: Sequence[tuple[str, str]], done: str, *, as_json: bool) -> None:
    """Say of each run that it is done, or why it isn't; the exit status is 1 where one isn't."""
    if as_json:
        print_json([{"run": run, done: not why, "said": why} for run, why in said])
    for run, why in said:
        if why:
            complain(f"{run}: {why}", 1)
        elif not as_json:
            say(f"{run} is {done}.")
    click.get_current_context().exit(int(any(why for _, why in said)))


def _ordered(
    hosts: Hosts, remote: BatchRemote, number: int, order: Callable[[Server, int], None]
) -> tuple[str, str]:
    """The run, and why it could not be done; empty where it was."""
    server, name = server_of(hosts, remote), f"{remote.name}#{number}"
    try:
        reach(server.host)
        order(server, number)
    except GitBatchError as error:
        return name, str(error)
    return name, ""
