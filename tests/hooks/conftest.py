"""Worlds to push in, which are whole again after every test."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from tests.support.invariants import Outside, check_invariants
from tests.support.waiting import wait_until
from tests.support.worlds import SHELLS, Shell, World, is_installed

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def need_groups(world: World) -> None:
    """Skip where jobs lead no process group, which could be signalled as a whole."""
    if not shutil.which("setsid", path=world.env["PATH"]):
        pytest.skip("there is no setsid here")


def need_proc(world: World) -> None:
    """Skip where the server side doesn't see the processes and control groups of Linux."""
    if world.shell and not world.shell.has_proc:
        pytest.skip("there is no /proc here")


def repaired(world: World) -> bool:
    """Slots of killed jobs are free as soon as init has reaped those."""
    world.gitbatch("check", "--repair")
    return list((world.base / "queue").iterdir()) == []


def whole_afterwards(world: World, request: pytest.FixtureRequest) -> Iterator[World]:
    """Check the invariants after the test, unless it left the world broken on purpose."""
    outside = Outside(world.root.parent, world.base, world.clone)
    yield world
    if not request.node.get_closest_marker("broken_afterwards"):
        if world.killed:
            wait_until(lambda: repaired(world), what="the killed to be buried")
        check_invariants(
            world.base,
            world.receipts,
            outside=outside,
            probe=world.killed,
            killed=world.killed,
        )


@pytest.fixture
def world(
    clean_environment: Path, tmp_path: Path, request: pytest.FixtureRequest
) -> Iterator[World]:
    """A batch remote and a clone, under the system's own sh."""
    del clean_environment
    yield from whole_afterwards(World(tmp_path / "world").build(), request)


@pytest.fixture(params=SHELLS)
def each_shell(
    clean_environment: Path, tmp_path: Path, request: pytest.FixtureRequest
) -> Iterator[World]:
    """The same under each shell; with busybox come busybox's programs."""
    del clean_environment
    yield from world_under(request.param, tmp_path, request)


def world_under(system: str, folder: Path, request: pytest.FixtureRequest) -> Iterator[World]:
    """A batch remote and a clone in a system; the test is skipped where it isn't installed."""
    if not is_installed(system):
        pytest.skip(f"{system} is not installed")
    yield from whole_afterwards(World(folder / "world", Shell.named(system)).build(), request)
