"""Finds a run by its name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gitbatch_tui.core.base.text import one_line
from gitbatch_tui.core.runs import records
from gitbatch_tui.core.runs.listing import catch_up, clarified, last_known, list_remote, merge
from gitbatch_tui.core.runs.locate import locate
from gitbatch_tui.core.runs.published import remote_called
from gitbatch_tui.core.server.client import server_of
from gitbatch_tui.core.server.protocol import garbled, write_report
from gitbatch_tui.errors import GitBatchError, NotABatchRemote, UnknownName, Unreachable
from gitbatch_tui.models import DOCTORS_BRANCH, BatchRemote, Run

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from gitbatch_tui.core.git.repo import Clone
    from gitbatch_tui.core.hosts.pool import Hosts


@dataclass(frozen=True)
class FoundRun:
    """One run, as it is now."""

    remote: BatchRemote
    run: Run
    now: datetime
    """By the server's clock; by this machine's where the server wasn't asked."""
    trouble: GitBatchError | None = None
    """Why the server could not be asked; then the run is as it was last known."""


def resolve(clone: Clone, name: str) -> tuple[BatchRemote, int]:
    """The remote and the number that `batch#42` means, or `42` where there is one remote.

    A run that was published has a remote such as `origin/batch`.
    """
    return resolve_all(clone, [name])[0]


def resolve_all(clone: Clone, names: Iterable[str]) -> list[tuple[BatchRemote, int]]:
    """The remotes and numbers of many names; git is asked once for each remote."""
    remotes: dict[str, BatchRemote] = {}
    found = []
    for name in names:
        remote, _, number = name.rpartition("#")
        if not (number.isascii() and number.isdigit()) or number.startswith("0"):
            raise UnknownName(
                f"{one_line(name)} isn't the name of one run: write a number, or REMOTE#NUMBER."
            )
        if remote not in remotes:
            remotes[remote] = remote_called(clone, remote or None, number)
        found.append((remotes[remote], int(number)))
    return found


def find(clone: Clone, hosts: Hosts, name: str) -> FoundRun:
    """The run of that name; raises `UnknownName` with what there is instead."""
    remote, number = resolve(clone, name)
    try:
        server = server_of(hosts, remote)
        report = clarified(clone, hosts, remote, server.status(number))
    except UnknownName as error:
        there = list_remote(clone, hosts, remote)
        for run in there.runs:
            # Its folder was removed; what it was stands in its records.
            if run.number == number and run.state.final:
                return FoundRun(remote, run, there.now)
        raise no_such_run(remote, number, there.runs) from error
    except (Unreachable, NotABatchRemote) as error:
        return _find_offline(clone, remote, number, error)
    trouble = catch_up(clone, hosts, remote, report)
    past = records.read_one(clone, remote.name, number)
    answered = [live for live in report.runs if live.number == number]
    if not (past or answered):
        raise garbled(write_report(report))
    runs = merge(remote.name, [past] if past else [], answered)
    return FoundRun(remote, locate(clone, runs)[0], report.now, trouble)


def _find_offline(
    clone: Clone, remote: BatchRemote, number: int, trouble: GitBatchError
) -> FoundRun:
    known = last_known(clone, remote, trouble)
    for run in known.runs:
        if run.number == number:
            return FoundRun(remote, run, known.now, known.trouble)
    why = f" as far as is known here: {known.trouble}" if known.trouble else ""
    raise no_such_run(remote, number, known.runs, why) from trouble


def no_such_run(
    remote: BatchRemote, number: int, there: Sequence[Run], why: str = ""
) -> UnknownName:
    """The error for a run that isn't among those of its batch remote, the newest of which is first.

    `why` says where those are all that is known.
    """
    names = (run.name for run in there if not run.branch.startswith(DOCTORS_BRANCH))
    newest = f"the newest is {name}" if (name := next(names, "")) else "there are none yet"
    return UnknownName(f"There is no run {remote.name}#{number}; {newest}{why or '.'}")
