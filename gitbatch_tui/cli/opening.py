"""Opens what a command works on: the clone of the current folder, and its hosts."""

from __future__ import annotations

import subprocess
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from gitbatch_tui.cli.output import is_interactive, note
from gitbatch_tui.core.batch.batch import Batch
from gitbatch_tui.core.batch.delivery import find_home
from gitbatch_tui.core.git.opening import open_clone
from gitbatch_tui.core.hosts.pool import Hosts
from gitbatch_tui.core.runs.find import no_such_run, resolve, resolve_all
from gitbatch_tui.core.runs.listing import list_remote
from gitbatch_tui.core.server.client import server_of
from gitbatch_tui.errors import GitBatchError, HostKeyUnknown, LoginNeeded, Refused
from gitbatch_tui.models import Results, Run

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from gitbatch_tui.core.git.repo import Clone
    from gitbatch_tui.core.hosts.host import Host
    from gitbatch_tui.core.runs.find import FoundRun
    from gitbatch_tui.core.runs.listing import Listing
    from gitbatch_tui.models import BatchRemote


def here() -> Path:
    """The current folder; raises `Refused` where somebody has removed it."""
    try:
        return Path.cwd()
    except FileNotFoundError:
        raise Refused("This folder was removed: go to your clone.") from None


@contextmanager
def opened() -> Iterator[tuple[Clone, Hosts]]:
    """The clone of the current folder, and hosts.

    The hosts aren't closed: their connections stay for some minutes, so that the next command
    needn't log in again. What runs on them ends with each call.
    """
    with open_clone(here()) as clone:
        yield clone, Hosts()


@contextmanager
def opened_batch(remote: str | None) -> Iterator[Batch]:
    """The clone with one of its batch remotes, whose host has been reached."""
    with opened() as (clone, hosts):
        batch = Batch(clone, hosts, clone.batch_remote(remote))
        reach(batch.host)
        yield batch


@contextmanager
def ended_if_interrupted(hosts: Hosts) -> Iterator[None]:
    """Let ctrl+c end what threads have begun on hosts, which would be waited for."""
    try:
        yield
    except KeyboardInterrupt:
        hosts.close()
        raise


def find_side(clone: Clone, hosts: Hosts, name: str) -> tuple[Batch, Run]:
    """One of the runs that are to be compared, once its results are home."""
    remote, number = resolve(clone, name)
    batch = Batch(clone, hosts, remote)
    return batch, find_home(batch, number, note).run


def named_sides(clone: Clone, hosts: Hosts, names: Sequence[str]) -> list[tuple[Batch, Run]]:
    """The runs of these names, each once, as they are now, with one question to each server."""
    asked = list(dict.fromkeys(resolve_all(clone, names)))
    found = {remote: _by_number(clone, hosts, remote) for remote in {each for each, _ in asked}}
    for remote, number in asked:
        if number not in found[remote]:
            raise no_such_run(remote, number, list(found[remote].values()))
    return [(Batch(clone, hosts, remote), found[remote][number]) for remote, number in asked]


def home_sides(clone: Clone, hosts: Hosts, names: Sequence[str]) -> list[tuple[Batch, Run]]:
    """The runs of these names, each once, once the results of all of them are home."""
    return [(batch, _home(batch, run)) for batch, run in named_sides(clone, hosts, names)]


def reach_batch(batch: Batch) -> None:
    """Reach the host of a batch remote; what others have published has none."""
    if not batch.remote.published:
        reach(batch.host)


def reach(host: Host) -> None:
    """Let the person log in where the host wants that and there is a person."""
    command = host.login_command()
    if not command:
        return
    try:
        with host.session():
            return
    except (LoginNeeded, HostKeyUnknown):
        if not is_interactive():
            raise
        note(f"{host.name} wants you to log in.")
        if subprocess.run(command, check=False).returncode:
            raise


def has_logged_in(hosts: Hosts, answer: Listing | FoundRun) -> bool:
    """True if the server wanted a login, and the person has done it now."""
    if not isinstance(answer.trouble, LoginNeeded | HostKeyUnknown) or not is_interactive():
        return False
    try:
        reach(server_of(hosts, answer.remote).host)
    except GitBatchError:
        return False
    return True


def _home(batch: Batch, run: Run) -> Run:
    on_their_way = run.results is Results.ON_THEIR_WAY
    return find_home(batch, run.number, note).run if on_their_way else run


def _by_number(clone: Clone, hosts: Hosts, remote: BatchRemote) -> dict[int, Run]:
    return {run.number: run for run in list_remote(clone, hosts, remote).runs}
