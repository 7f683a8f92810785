"""Submits a sweep: says what it will be, asks where it is large, and shows the runs that begin."""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn

import click

from gitbatch_tui.cli.output import is_interactive, note, print_json, say, status
from gitbatch_tui.cli.started import REJECTED, Relay, await_end, receipt_facts
from gitbatch_tui.cli.trouble import if_interrupted
from gitbatch_tui.core.base.format import plural, short
from gitbatch_tui.core.base.text import one_line
from gitbatch_tui.core.batch.batch import Batch
from gitbatch_tui.core.runs.groups import runs_of, undone
from gitbatch_tui.core.runs.outcome import outcome
from gitbatch_tui.core.sweeps.grid import second_name_in, values_in
from gitbatch_tui.core.sweeps.plan import complete, plan
from gitbatch_tui.core.sweeps.start import GOES_ON, start, start_again
from gitbatch_tui.errors import Refused
from gitbatch_tui.models import State

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from gitbatch_tui.cli.output import Status
    from gitbatch_tui.core.git.repo import Clone
    from gitbatch_tui.core.hosts.pool import Hosts
    from gitbatch_tui.core.submit.questions import Choices
    from gitbatch_tui.core.submit.situation import Situation
    from gitbatch_tui.core.sweeps.plan import SweepPlan
    from gitbatch_tui.core.sweeps.start import OnStarted, Started, Sweep


def plan_of(
    axes: Sequence[str],
    file: Path | None,
    options: Sequence[str],
    at_most: int | None,
    *,
    yes: bool,
) -> SweepPlan | None:
    """The runs that are wanted, after asking about what looks wrong; None: just one."""
    if not yes:
        doubt(options)
    if not axes and not file:
        if at_most:
            raise click.UsageError("--at-most is for a sweep: add --sweep or --sweep-file.")
        return None
    for axis in axes if not yes else ():
        _doubt(axis)
    wanted = plan(axes, file, options, at_most)
    if not yes:
        _doubt(wanted.doubtful)
    if wanted.is_large and not yes:
        _consent(f"{plural(len(wanted.rows), 'run')} would be submitted.")
    return wanted


def check_again(situation: Situation, wanted: SweepPlan, *, again: bool) -> None:
    """Ask before the same sweep of the same commit is run once more."""
    what = situation.as_it_runs
    done = complete(what, wanted.rows, what.runs)
    if done and not again:
        remote = situation.batch.remote.name
        raise Refused(
            f"sweep:{done[0]} has these very runs of {short(what.commit)}: "
            f"`gitbatch-tui runs {remote} --where sweep:{done[0]}` lists them. Nothing was "
            "submitted: run it once more (--again), or only what failed (`gitbatch-tui rerun "
            f"--failed {remote}#sweep:{done[0]}`)."
        )


def start_sweep(
    situation: Situation, choices: Choices, wanted: SweepPlan, *, wait: bool, as_json: bool
) -> NoReturn:
    """Start it, and end with the status that stands for it."""
    relay = Relay()
    with status("pushing") as line, if_interrupted(GOES_ON):
        on_started = counter(line, situation.batch, len(wanted.rows), quiet=as_json)
        sweep = start(
            situation, choices, wanted, relay.to(line), on_started, lambda plan: note(f"{plan}.")
        )
    conclude(situation.batch, sweep, wait=wait, as_json=as_json)


def rerun_failed(clone: Clone, hosts: Hosts, word: str, *, as_json: bool) -> NoReturn:
    """Run what failed of a sweep again, and end with the status that stands for it."""
    with status(f"looking at {word}"):
        again = undone(runs_of(clone, hosts, word))
    if not again:
        raise Refused(
            f"{one_line(word)}: nothing has failed, or it has been run again already. Nothing was "
            "submitted."
        )
    batch = Batch(clone, hosts, clone.batch_remote(again[0].remote))
    note(f"{plural(len(again), 'run')} of {one_line(word)}: what failed, in the same sweep.")
    with status("starting") as line, if_interrupted(GOES_ON):
        on_started = counter(line, batch, len(again), quiet=as_json)
        sweep = start_again(batch, again, Relay().to(line), on_started)
    conclude(batch, sweep, wait=False, as_json=as_json)


def conclude(batch: Batch, sweep: Sweep, *, wait: bool, as_json: bool) -> NoReturn:
    """Say what has begun, wait where that is wanted, and end with the status that stands for it."""
    for text in sweep.notes:
        note(text)
    if not as_json:
        _summarize(batch.remote.name, sweep)
    code = REJECTED if sweep.rejected else 0
    if wait:
        code = _await(batch, sweep) or code
    if as_json:
        print_json(facts(batch.remote.name, sweep))
    click.get_current_context().exit(code)


def facts(remote: str, sweep: Sweep) -> dict[str, object]:
    """A sweep for programs."""
    first = sweep.runs[0].receipt
    return {
        "sweep": sweep.name,
        "number": sweep.number,
        "remote": remote,
        "branch": first.branch,
        "commit": first.commit,
        "notes": list(sweep.notes),
        "runs": [_facts_of_run(remote, run) for run in sweep.runs],
    }


def _facts_of_run(remote: str, run: Started) -> dict[str, object]:
    facts = receipt_facts(remote, run.receipt, run.options)
    return {**facts, "reason": run.reason, "before": run.before}


def counter(line: Status, batch: Batch, total: int, *, quiet: bool) -> OnStarted:
    """Make the function that shows each run that begins."""
    seen = 0

    def on_started(run: Started) -> None:
        nonlocal seen
        seen += 1
        line.doing(f"{seen} of {total} runs have begun")
        if not quiet:
            say(_words(batch.remote.name, run))

    return on_started


def _words(remote: str, run: Started) -> str:
    name = f"{remote}#{run.receipt.run}"
    given = one_line("  ".join(run.options))
    if run.receipt.state is State.REJECTED:
        return f"{name}  {given}  was rejected: {run.reason or 'see its log'}"
    return f"{name}  {given}{'  (had begun already)' if run.before else ''}"


def _summarize(remote: str, sweep: Sweep) -> None:
    begun = sum(not run.before for run in sweep.runs)
    count = plural(len(sweep.runs), "run")
    if begun < len(sweep.runs):
        count += f", {begun:,} of them new"
    say(f"{sweep.name}: {count}.")
    note(f"`gitbatch-tui compare {remote}#{sweep.name}` sets them side by side.")


def _await(batch: Batch, sweep: Sweep) -> int:
    """Wait for all of them; the greatest exit status among them."""
    worst = 0
    for run in sweep.runs:
        if run.receipt.state is State.REJECTED:
            continue
        name = f"{batch.remote.name}#{run.receipt.run}"
        end, code = await_end(batch.server, name, run.receipt.run)
        note(f"{name}: {outcome(end)}.")
        worst = max(worst, code)
    return worst


def doubt(options: Sequence[str]) -> None:
    """Ask about parameters of one run that may be meant as several; raises `Refused`."""
    for option in options:
        _doubt(option)
        _doubt_values(option)


def _doubt(option: str) -> None:
    """Ask about `lr=0.1 epochs=4`, which is one parameter."""
    if second := second_name_in(option):
        name, _, value = option.partition("=")
        _consent(
            f"`{one_line(option)}` in one argument is one parameter, {one_line(name)}, with the "
            f"value `{one_line(value)}`; {second} would be one of its own with another -o, "
            "--sweep or column."
        )


def _doubt_values(option: str) -> None:
    """Ask about `-o lr=0.1,0.2`, which is one run with that value."""
    if values := values_in(option):
        name, _, value = option.partition("=")
        count = plural(len(set(values)), "run")
        _consent(
            f"`-o {one_line(option)}` is one run, whose {one_line(name)} is `{one_line(value)}`; "
            f"`--sweep {one_line(option)}` would be {count}."
        )


def _consent(what: str) -> None:
    if not is_interactive():
        raise Refused(f"{what} Nothing was submitted: --yes does so without asking.")
    note(what)
    if not click.confirm("Submit so", err=True):
        raise Refused("Nothing was submitted.")
