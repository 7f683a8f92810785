"""The command that runs a commit again."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import click

from gitbatch_tui.cli.names import (
    json_option,
    option_option,
    runs_argument,
    yes_option,
)
from gitbatch_tui.cli.opening import opened
from gitbatch_tui.cli.output import print_json, status
from gitbatch_tui.cli.started import (
    REJECTED,
    Relay,
    describe,
    facts,
)
from gitbatch_tui.cli.sweep import doubt, rerun_failed
from gitbatch_tui.cli.trouble import FAILED, complain, if_interrupted
from gitbatch_tui.core.jobs.cancel import left_behind
from gitbatch_tui.core.runs.find import FoundRun, find
from gitbatch_tui.core.runs.groups import expand, sweep_number
from gitbatch_tui.core.server.client import server_of
from gitbatch_tui.core.submit.push import SERVER
from gitbatch_tui.core.submit.rerun import failed_tasks, options_of
from gitbatch_tui.core.submit.submit import MAY_RUN, Submission
from gitbatch_tui.errors import GitBatchError
from gitbatch_tui.models import State

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gitbatch_tui.core.git.repo import Clone
    from gitbatch_tui.core.hosts.pool import Hosts


class _Repeat(NamedTuple):
    """A run that is to run again, with which parameters, and which tasks of it."""

    found: FoundRun
    options: tuple[str, ...]
    tasks: tuple[int, ...]


@click.command()
@runs_argument
@option_option
@click.option(
    "--failed",
    "only_failed",
    is_flag=True,
    help="Only what failed: tasks of an array, or runs of a sweep.",
)
@yes_option
@json_option
def rerun(
    names: tuple[str, ...],
    options: tuple[str, ...],
    *,
    only_failed: bool,
    yes: bool,
    as_json: bool,
) -> None:
    """Run the same commits again, as new runs.

    `--failed sweep:42` runs those of a sweep again that failed, were cancelled, lost or rejected,
    in one go, as part of the same sweep. For a single run, --failed runs the failed tasks of an
    array again; its schedule.sh has to give GITBATCH_TASKS (1,4,7) to the scheduler: what
    `new` writes for Slurm, LSF and Grid Engine says how.

    A run keeps its parameters; -o replaces or adds one. Nothing is pushed, and no branch is
    moved by the results: `gitbatch-tui pull RUN` brings them.

    JSON: a list of the new runs, each as `submit --json` prints it, also where one of several
    could not begin; with --failed of a sweep, that sweep as `submit --json` prints it.
    """
    if not yes:
        doubt(options)
    with opened() as (clone, hosts):
        if only_failed and any(map(sweep_number, names)):
            if len(names) > 1 or options:
                raise click.UsageError(
                    "--failed takes one sweep, whose runs keep their parameters: name runs, "
                    "without --failed, to give them others. Nothing was submitted."
                )
            rerun_failed(clone, hosts, names[0], as_json=as_json)
        # All are looked at before one begins: where a name is wrong, nothing has begun.
        chosen = [_find(clone, hosts, name) for name in expand(clone, hosts, names)]
        repeats = [
            _Repeat(
                found,
                options_of(found.run, options),
                failed_tasks(clone, found.run) if only_failed else (),
            )
            for found in chosen
        ]
        begun, code = _begin(hosts, repeats, as_json=as_json)
    if as_json:
        print_json(begun)
    click.get_current_context().exit(code)


def _find(clone: Clone, hosts: Hosts, name: str) -> FoundRun:
    with status(f"looking at {name}"):
        found = find(clone, hosts, name)
    if found.trouble:
        raise found.trouble
    return found


def _begin(
    hosts: Hosts, repeats: Sequence[_Repeat], *, as_json: bool
) -> tuple[list[dict[str, object]], int]:
    """Begin one after the other, up to one that can't be; what has begun, and the exit status."""
    begun: list[dict[str, object]] = []
    code = 0
    for at, repeat in enumerate(repeats):
        remote = repeat.found.remote.name
        try:
            started, relay = _rerun(hosts, *repeat)
        except GitBatchError as error:
            if not begun:
                raise
            left = ", ".join(each.found.run.name for each in repeats[at + 1 :])
            rest = f" Not begun, either: {left}." if left else ""
            return begun, complain(f"{repeat.found.run.name}: {error}{rest}", FAILED)
        begun.append(facts(remote, started, started.receipt.state, repeat.options))
        if not as_json:
            describe(remote, started, relay, repeat.options)
        if started.receipt.state is State.REJECTED:
            code = REJECTED
    return begun, code


def _rerun(
    hosts: Hosts, found: FoundRun, options: tuple[str, ...], tasks: tuple[int, ...]
) -> tuple[Submission, Relay]:
    relay = Relay()
    with status(f"running {found.run.name} again") as line, if_interrupted(MAY_RUN):
        on_line = relay.to(line)
        server = server_of(hosts, found.remote)
        receipt = server.rerun(
            found.run.number, options, lambda text: on_line(f"{SERVER}{text}"), tasks
        )
    return Submission(receipt, left_behind(server, receipt)), relay
