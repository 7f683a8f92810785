"""What commands change in a clone, each as a program that can be killed anywhere."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from gitbatch_tui.core.git.opening import open_clone
from gitbatch_tui.errors import GitBatchError, Refused

if TYPE_CHECKING:
    from collections.abc import Callable

    from gitbatch_tui.core.git.repo import Clone


class Given(NamedTuple):
    """What a change is made of."""

    old: str
    new: str
    base: str
    """Where a batch remote is to be set up."""


def merge(clone: Clone, given: Given) -> None:
    from gitbatch_tui.core.git.lock import locked  # noqa: PLC0415  # each imports its own
    from gitbatch_tui.core.git.merge import MergePurpose, bring_in  # noqa: PLC0415  # as above

    purpose = MergePurpose("changed", "again", "nothing")
    with locked(clone, "pulling"):
        bring_in(clone, "master", given.new, "Merge results", purpose)


def bring(clone: Clone, given: Given) -> None:
    from gitbatch_tui.core.git.lock import locked  # noqa: PLC0415  # each imports its own
    from gitbatch_tui.core.results.worktree import bring_files  # noqa: PLC0415  # as above

    with locked(clone, "pulling"):
        bring_files(clone, given.old, given.new)


def snapshot(clone: Clone, _: Given) -> None:
    from gitbatch_tui.core.submit.snapshot import take_snapshot  # noqa: PLC0415  # each imports its own

    take_snapshot(clone, "master")


def remove(clone: Clone, _: Given) -> None:
    from gitbatch_tui.core.setup.remove import forget_remote  # noqa: PLC0415  # each imports its own

    for remote in clone.batch_remotes():
        forget_remote(clone, remote)


def set_up(clone: Clone, given: Given) -> None:
    from gitbatch_tui.core.hosts.location import Location  # noqa: PLC0415  # each imports its own
    from gitbatch_tui.core.hosts.pool import Hosts  # noqa: PLC0415  # as above
    from gitbatch_tui.core.setup.plan import SetupRequest, apply, plan  # noqa: PLC0415  # as above

    where = Location.parse(given.base)
    with Hosts() as hosts:
        apply(plan(clone, SetupRequest("other", where), hosts.at(where)), lambda *_: None)


def upgrade(clone: Clone, _: Given) -> None:
    from gitbatch_tui.core.hosts.location import Location  # noqa: PLC0415  # each imports its own
    from gitbatch_tui.core.hosts.pool import Hosts  # noqa: PLC0415  # as above
    from gitbatch_tui.core.setup.plan import SetupRequest, apply, plan  # noqa: PLC0415  # as above

    where = Location.parse(clone.batch_remote("batch").location)
    with Hosts() as hosts:
        apply(plan(clone, SetupRequest("batch", where), hosts.at(where)), lambda *_: None)


def prune(clone: Clone, _: Given) -> None:
    from gitbatch_tui.core.batch.batch import Batch  # noqa: PLC0415  # each imports its own
    from gitbatch_tui.core.hosts.pool import Hosts  # noqa: PLC0415  # as above

    with Hosts() as hosts:
        Batch(clone, hosts, clone.batch_remote("batch")).server.prune(dry_run=False)


def get(clone: Clone, _: Given) -> None:
    from gitbatch_tui.core.batch.batch import Batch  # noqa: PLC0415  # each imports its own
    from gitbatch_tui.core.hosts.pool import Hosts  # noqa: PLC0415  # as above
    from gitbatch_tui.core.results.get import get as copy  # noqa: PLC0415  # as above

    with Hosts() as hosts:
        batch = Batch(clone, hosts, clone.batch_remote("batch"))
        got = copy(batch, 1, "out", clone.path / "got")
    if got.left:
        raise Refused(str(got.left))


CHANGES: dict[str, Callable[[Clone, Given], None]] = {
    "merge": merge,
    "forward": merge,
    "files": bring,
    "snapshot": snapshot,
    "remove": remove,
    "setup": set_up,
    "upgrade": upgrade,
    "prune": prune,
    "get": get,
}


def main(kind: str, path: str, *given: str) -> None:
    try:
        with open_clone(Path(path)) as clone:
            CHANGES[kind](clone, Given(*given))
    except GitBatchError as error:
        sys.exit(f"gitbatch: {error}")
