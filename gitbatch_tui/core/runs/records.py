"""The runs of the past: records on a ref of the batch remote, fetched into the clone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gitbatch_tui.core.base.format import abbreviated
from gitbatch_tui.core.runs.record_format import records_in, runs_in
from gitbatch_tui.core.server.protocol import number_of
from gitbatch_tui.models import DOCTORS_BRANCH

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from gitbatch_tui.core.git.repo import Clone
    from gitbatch_tui.core.hosts.host import Host
    from gitbatch_tui.core.runs.record_format import Fields
    from gitbatch_tui.models import Run


_THERE = "refs/gitbatch/log"
_FORMAT = "--format=%B%x00"


def log_ref(remote: str) -> str:
    """The ref of the clone that holds a remote's records."""
    return f"refs/gitbatch/{remote}/log"


def tip(clone: Clone, remote: str) -> str:
    """The newest record that is here; empty where there is none."""
    return clone.commit_of(log_ref(remote)) or ""


def fetch(clone: Clone, host: Host, remote: str, *commits: str) -> None:
    """Bring the records that are new, and these commits; nothing else of the remote is touched."""
    options = ["--no-tags", "--quiet", "--no-recurse-submodules", "--refmap="]
    if clone.git_version >= (2, 29):
        options.append("--no-write-fetch-head")
    refspec = f"+{_THERE}:{log_ref(remote)}"
    before = tip(clone, remote)
    with host.session():
        refspecs = (refspec, *commits)
        clone.fetch(*options, "--", remote, *refspecs, environment=host.environment())
    if before and clone.ask("merge-base", "--is-ancestor", before, log_ref(remote)).status:
        # Another repository is there now: its history doesn't replace the old one's.
        clone.git("update-ref", f"refs/gitbatch/{remote}/log-{abbreviated(before)}", before)


def read(clone: Clone, remote: str, newest: int | None = None) -> list[Run]:
    """The runs that have a record here, the newest first; needs no network.

    With `newest`, git is asked for no more records than so many runs have, without counting those
    of the doctor; one more is read, so that the caller sees that there are older ones.
    """
    with clone.stream(*_log(remote)) as stream:
        records = records_in(stream)
        runs = runs_in(remote, records if newest is None else _until(newest + 1, records))
    if newest is not None and len(runs) > newest:
        # The beginnings of these stand in older records.
        runs = [run for run in runs if run.submitted]
    return sorted(runs, key=lambda run: run.number, reverse=True)


def read_some(clone: Clone, remote: str, numbers: Iterable[int]) -> list[Run]:
    """Read the runs of these numbers that have a record here."""
    patterns = [f"--grep=^Run: {number}$" for number in numbers]
    if not patterns:
        return []
    with clone.stream(*_log(remote, "--extended-regexp", *patterns)) as stream:
        return runs_in(remote, records_in(stream))


def numbers_since(clone: Clone, remote: str, record: str) -> set[int]:
    """The runs of which there are records newer than that one."""
    with clone.stream(*_log(remote, f"^{record}")) as stream:
        numbers = (number_of(fields.get("Run", "")) for fields in records_in(stream))
        return {number for number in numbers if number}


def read_one(clone: Clone, remote: str, number: int) -> Run | None:
    """One run, if it has a record here."""
    runs = read_some(clone, remote, [number])
    return next((run for run in runs if run.number == number), None)


def _until(count: int, records: Iterable[Fields]) -> Iterator[Fields]:
    """The newest records, up to the beginning of so many runs."""
    for fields in records:
        yield fields
        if fields.get("State") == "submitted":
            count -= not fields.get("Branch", "").startswith(DOCTORS_BRANCH)
            if not count:
                return


def _log(remote: str, *options: str) -> list[str]:
    # Where nothing has been fetched yet, git finds no such ref, and prints nothing.
    return ["log", "--no-color", _FORMAT, *options, log_ref(remote), "--"]
