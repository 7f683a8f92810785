"""A world whose clone knows its batch remote, for tests of submitting and what follows."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from gitbatch_tui.core.batch import Batch
from gitbatch_tui.core.hosts import Hosts
from gitbatch_tui.core.location import Location
from gitbatch_tui.core.repo import open_clone
from gitbatch_tui.core.setup import Wanted, apply, plan
from tests.hooks.world import JOB_AT_ONCE, World

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

RESULT = "#!/bin/sh\ndate +%N >result\necho done\n"
PROJECT = {"schedule.sh": JOB_AT_ONCE, "run.sh": RESULT}
"""A job that has ended, with a new result, when the push has."""


def set_up(world: World, place: str) -> None:
    """What `gitbatch-tui setup batch PLACE` does."""
    location = Location.parse(place)
    with open_clone(world.clone) as clone, Hosts() as hosts:
        wanted = Wanted("batch", location)
        apply(plan(clone, wanted, hosts.at(location)), lambda *_: None)


def new_world(folder: Path, place: str = "", base: Path | None = None) -> World:
    """A project with a first commit, and a batch remote `batch` at a place, which is `base`."""
    world = World(folder / "world").build()
    world.commit(PROJECT)
    if place:
        world.git("remote", "remove", "batch")
        world.base = base or world.base
    set_up(world, place or str(world.base))
    return world


@contextmanager
def open_batch(world: World) -> Iterator[Batch]:
    with open_clone(world.clone) as clone, Hosts() as hosts:
        yield Batch(clone, hosts, clone.batch_remote("batch"))
