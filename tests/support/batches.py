"""A world whose clone knows its batch remote, for tests of submitting and what follows."""

from __future__ import annotations

from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING

from gitbatch_tui.core.batch.batch import Batch
from gitbatch_tui.core.git.opening import open_clone
from gitbatch_tui.core.hosts.location import Location
from gitbatch_tui.core.hosts.pool import Hosts
from gitbatch_tui.core.setup.plan import SetupRequest, apply, plan
from gitbatch_tui.core.submit.push import PushResult, Update, push_once
from gitbatch_tui.core.submit.questions import Choices, next_question
from gitbatch_tui.core.submit.situation import prepare
from gitbatch_tui.core.submit.submit import Submission, push, submit
from tests.support.templates import Template
from tests.support.worlds import JOB_AT_ONCE, World

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

RESULT = "#!/bin/sh\ndate +%N >result\necho done\n"
PROJECT = {"schedule.sh": JOB_AT_ONCE, "run.sh": RESULT}
"""A job that has ended, with a new result, when the push has."""


def set_up(world: World, place: str) -> None:
    """What `gitbatch-tui setup batch PLACE` does."""
    location = Location.parse(place)
    with open_clone(world.clone) as clone, Hosts() as hosts:
        wanted = SetupRequest("batch", location)
        apply(plan(clone, wanted, hosts.at(location)), lambda *_: None)


def new_world(folder: Path) -> World:
    """A project with a first commit, and a batch remote `batch`."""
    world = World(folder / "world")
    _template(world.env["PATH"]).copy(world.root)
    # Of the template's files it says when they were written, and where.
    world.git("update-index", "--refresh")
    return world


def new_world_at(folder: Path, place: str, base: Path | None = None) -> World:
    """The same with the batch remote at another place, which is `base`."""
    world = World(folder / "world").build()
    world.commit(PROJECT)
    world.git("remote", "remove", "batch")
    world.base = base or world.base
    set_up(world, place)
    return world


@cache
def _template(path: str) -> Template:
    """A project whose batch remote was set up with the programs of this PATH."""
    del path  # it decides which programs there are

    def make(root: Path) -> None:
        world = World(root).build()
        world.commit(PROJECT)
        set_up(world, str(world.base))

    return Template.made_by(make)


@contextmanager
def open_batch(world: World) -> Iterator[Batch]:
    with open_clone(world.clone) as clone, Hosts() as hosts:
        yield Batch(clone, hosts, clone.batch_remote("batch"))


def run(
    world: World,
    choices: Choices = Choices(),  # noqa: B008  # it is frozen
    branch: str | None = None,
    lines: list[str] | None = None,
) -> Submission:
    """Submit, and wait until the run is settled."""
    heard = [] if lines is None else lines
    with open_batch(world) as batch:
        done = submit(prepare(batch, branch), choices, heard.append)
    world.settled(done.receipt.run)
    return done


def runs(world: World) -> list[int]:
    return sorted(int(path.name) for path in (world.base / "runs").glob("[0-9]*"))


def question(world: World, choices: Choices = Choices()) -> str:  # noqa: B008  # it is frozen
    """What is asked first, or nothing."""
    with open_batch(world) as batch:
        asked = next_question(prepare(batch), choices)
    return asked.words if asked else ""


def head(world: World) -> Update:
    return Update("master", world.git("rev-parse", "HEAD"))


def send(
    world: World, update: Update | None = None, options: Sequence[str] = ()
) -> Submission | None:
    """Push with everything that follows a cut."""
    with open_batch(world) as batch:
        return push(batch, update or head(world), options, (), lambda _: None)


def send_once(world: World, update: Update | None = None) -> PushResult:
    with open_batch(world) as batch:
        return push_once(batch, update or head(world))
