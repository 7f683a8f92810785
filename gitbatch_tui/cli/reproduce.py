"""The command that runs the commit of a run again, and compares the results."""

from __future__ import annotations

import math
import shlex
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import click

from gitbatch_tui.cli.exclusive import Exclusive
from gitbatch_tui.cli.names import (
    all_runs,
    completing,
    json_option,
    remotes,
    run_or_file,
)
from gitbatch_tui.cli.opening import opened, reach, reach_batch
from gitbatch_tui.cli.output import note, print_json, say, status
from gitbatch_tui.cli.started import Relay, await_end
from gitbatch_tui.cli.verify import end_with
from gitbatch_tui.core.base.text import one_line
from gitbatch_tui.core.batch.batch import Batch
from gitbatch_tui.core.batch.delivery import find_home
from gitbatch_tui.core.compare.numbers import Tolerance
from gitbatch_tui.core.crate.bringing import bring
from gitbatch_tui.core.crate.reading import crate_called, opened_crate
from gitbatch_tui.core.runs.find import resolve
from gitbatch_tui.core.verify.reproduce import Trial, begin, conclude, summary, suspects
from gitbatch_tui.errors import Refused
from gitbatch_tui.models import State

if TYPE_CHECKING:
    from pathlib import Path

    from gitbatch_tui.core.git.repo import Clone
    from gitbatch_tui.core.hosts.pool import Hosts
    from gitbatch_tui.core.verify.reproduce import Reproduction

_LARGEST = 1e300


class _Distance(click.FloatRange):
    """Keeps out what is no number: nothing is near to infinity, and NaN is in every range."""

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> float:
        number: float = super().convert(value, param, ctx)
        if math.isnan(number):
            self.fail(f"{value} is no number.", param, ctx)
        return number


_APART = _Distance(min=0, max=_LARGEST)


@click.command(cls=Exclusive, exclusive=[("--on", "--with")])
@click.argument("run", shell_complete=run_or_file)
@click.option(
    "--on",
    "remote",
    metavar="REMOTE",
    shell_complete=completing(remotes),
    help="Run it on another batch remote.",
)
@click.option(
    "--with",
    "other",
    metavar="RUN",
    shell_complete=completing(all_runs),
    help="Compare with a run that was made already.",
)
@click.option(
    "--tolerance",
    type=_APART,
    metavar="NUMBER",
    default=0.0,
    help="How far numbers may be apart, relative to the larger one: 1e-6.",
)
@click.option(
    "--absolute",
    type=_APART,
    metavar="NUMBER",
    default=0.0,
    help="How far numbers may be apart; one of the two is enough.",
)
@json_option
def reproduce(  # noqa: PLR0913  # one for each option
    run: str,
    *,
    remote: str | None,
    other: str | None,
    tolerance: float,
    absolute: float,
    as_json: bool,
) -> None:
    """Run the commit of RUN again, with its parameters, and compare the results.

    RUN may be what `export` wrote: batch-42.zip, or batch-42.zip#43 of several runs in it
    (batch-42.zip#other#43 of several batch remotes).

    Notebooks are compared by the output of their cells, CSV and JSON by value, pictures by pixels,
    all other files by bytes. Numbers are compared as they are written, digit by digit; codes such
    as 01234, and numbers too large for floating point, are compared as text. Files with the git
    attribute gitbatch-volatile may differ. The verdict is recorded with RUN, for every clone to
    see. The exit status is 0 only if the results are the same.

    JSON: run, again (the repetition), reproduced, end (how it ended, if that differs), tolerance,
    absolute, environment (what differs in theirs: a list of key, run, again), files, those whose
    bytes aren't the same: a list of path, likeness (alike, volatile or differs) and words, and
    warnings (sentences of what the runs left out, so that it could not be compared).
    """
    with opened() as (clone, hosts):
        trial, number = _trial(clone, hosts, run, remote, other)
        trial = replace(trial, tolerance=Tolerance(tolerance, absolute))
        number = number or _begin(trial)
        name = f"{trial.there.remote.name}#{number}"
        await_end(trial.there.server, name, number, _goes_on(trial, run, name))
        with status(f"comparing {name} with {trial.run.name}") as line:
            reproduction = conclude(trial, number, line.doing)
    if as_json:
        print_json(_reproduction_json(reproduction))
    else:
        _print_reproduction(reproduction)
    end_with(reproduction)


def _trial(
    clone: Clone, hosts: Hosts, run: str, remote: str | None, other: str | None
) -> tuple[Trial, int | None]:
    """The run to reproduce, and where; and the repetition if there is one already."""
    if place := crate_called(run):
        return _trial_of_crate(clone, hosts, place, remote, other)
    here, first = resolve(clone, run)
    there, number = resolve(clone, other) if other else (None, None)
    there = there or (clone.batch_remote(remote) if remote else here)
    if there.published:
        raise Refused(f"{one_line(run)} was published: `--on REMOTE` says where it is to run now.")
    batches = [Batch(clone, hosts, each) for each in (here, there)]
    for batch in batches:
        reach_batch(batch)
    with status(f"asking for {run}"):
        found = find_home(batches[0], first, note)
    return Trial(batches[0], found.run, batches[1]), number


def _trial_of_crate(
    clone: Clone,
    hosts: Hosts,
    place: tuple[Path, str],
    remote: str | None,
    other: str | None,
) -> tuple[Trial, int | None]:
    """An exported run, which anybody can run on a batch remote of their own."""
    there, number = resolve(clone, other) if other else (clone.batch_remote(remote), None)
    path, chosen = place
    with status(f"checking {path}"), opened_crate(path) as crate:
        brought = bring(clone, crate, chosen)
    batch = Batch(clone, hosts, there)
    reach(batch.host)
    exported = Batch(clone, hosts, brought.remote)
    return Trial(exported, brought.run, batch, large=brought.large), number


def _begin(trial: Trial) -> int:
    relay = Relay()
    with status(f"running {trial.run.name} again") as line:
        receipt = begin(trial, relay.to(line))
    name = f"{trial.there.remote.name}#{receipt.run}"
    if receipt.state is State.REJECTED:
        raise Refused(f"{name} was rejected: {relay.reason or 'see its log'}.")
    note(f"{name} is {trial.run.name} again.")
    return receipt.run


def _goes_on(trial: Trial, called: str, name: str) -> str:
    """Say how to compare it later; a crate is called as it was."""
    run = shlex.quote(one_line(called)) if crate_called(called) else trial.run.name
    return f"{name} goes on; `gitbatch-tui reproduce {run} --with {name}` compares it."


def _reproduction_json(reproduction: Reproduction) -> dict[str, Any]:
    files = [
        {"path": file.path, "likeness": file.likeness, "words": file.words}
        for file in reproduction.files
    ]
    return {
        "run": reproduction.trial.run.name,
        "again": reproduction.again.name,
        "reproduced": reproduction.holds,
        "end": reproduction.other_end,
        "tolerance": reproduction.trial.tolerance.relative,
        "absolute": reproduction.trial.tolerance.absolute,
        "environment": [
            {"key": change.key, "run": change.left, "again": change.right}
            for change in reproduction.surroundings
        ],
        "files": files,
        "warnings": list(reproduction.warnings),
    }


def _print_reproduction(reproduction: Reproduction) -> None:
    say(summary(reproduction))
    for file in reproduction.files:
        say(f"  {file.likeness.sign} {one_line(file.path)}: {file.words}")
    for warning in reproduction.warnings:
        say(warning)
    if words := suspects(reproduction):
        say(words)
