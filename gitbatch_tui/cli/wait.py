"""The command that waits for runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from gitbatch_tui.cli.names import any_runs_argument
from gitbatch_tui.cli.opening import opened, reach
from gitbatch_tui.cli.output import note, status
from gitbatch_tui.cli.started import say_what_is_left, tell_what_stayed
from gitbatch_tui.cli.trouble import complain, if_interrupted
from gitbatch_tui.core.batch.batch import Batch
from gitbatch_tui.core.runs.find import resolve
from gitbatch_tui.core.runs.groups import expand
from gitbatch_tui.core.runs.outcome import outcome
from gitbatch_tui.core.runs.records import read_one
from gitbatch_tui.core.runs.wait import doing, exit_status
from gitbatch_tui.core.runs.wait import wait as wait_for
from gitbatch_tui.core.server.client import server_of
from gitbatch_tui.errors import GitBatchError

if TYPE_CHECKING:
    from gitbatch_tui.cli.output import Status
    from gitbatch_tui.core.git.repo import Clone
    from gitbatch_tui.core.hosts.pool import Hosts
    from gitbatch_tui.models import BatchRemote, LiveRun, Run

UNANSWERED = 127
"""The exit status of `wait` when the run could not be asked for."""


@click.command()
@any_runs_argument
@click.pass_context
def wait(ctx: click.Context, names: tuple[str, ...]) -> None:
    """Wait until runs are over, and end as their jobs did.

    The exit status is that of the job, up to 125; 126 when the run was cancelled, interrupted or
    rejected, when what is left of it can never begin, or when no job of it is known a minute after
    schedule.sh; 127 when it could not be asked for. Of several runs it is the highest.
    """
    try:
        goes_on = "The runs go on." if len(names) > 1 else "The run goes on."
        with if_interrupted(goes_on), opened() as (clone, hosts):
            with status(f"waiting for {', '.join(names)}"):
                chosen = expand(clone, hosts, names)
            ends = [_wait_for(clone, hosts, name) for name in chosen]
    except GitBatchError as error:
        ctx.exit(complain(str(error), UNANSWERED))
    ctx.exit(max(ends))


def _wait_for(clone: Clone, hosts: Hosts, name: str) -> int:
    """Wait for one run, say how it ended, and give the exit status for that."""
    with status(f"waiting for {name}") as line:
        remote, number = resolve(clone, name)
        end = _known_end(clone, remote, number) or _wait(hosts, remote, number, line)
    note(f"{remote.name}#{number} {outcome(end)}")
    say_what_is_left(f"{remote.name}#{number}", end)
    tell_what_stayed(Batch(clone, hosts, remote), number)
    return exit_status(end.state, end.exit)


def _known_end(clone: Clone, remote: BatchRemote, number: int) -> Run | None:
    """The run, if its record says that it is over: then nobody needs to be asked."""
    run = read_one(clone, remote.name, number)
    return run if run and run.state.final else None


def _wait(hosts: Hosts, remote: BatchRemote, number: int, line: Status) -> LiveRun:
    server, name = server_of(hosts, remote), f"{remote.name}#{number}"
    reach(server.host)
    return wait_for(server, number, lambda live: line.doing(doing(name, live)), note)
