"""Curves in a real terminal: a run that goes on, drawn by keys, with what it writes meanwhile."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.batches import new_world
from tests.support.paint import Screen
from tests.support.terminal import OURS
from tests.support.waiting import wait_until
from tests.support.worlds import JOB_OF_ITS_OWN

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.support.worlds import World

TRAIN = """#!/bin/sh
printf 'step,loss\\n1,5\\n2,4\\n' >metrics.csv
until test -e ../go; do sleep 0.1; done
"""


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """A run that goes on, and ends with the test."""
    world = new_world(tmp_path)
    world.commit({"schedule.sh": JOB_OF_ITS_OWN, "run.sh": TRAIN})
    world.push()
    run = world.base / "runs/1"
    wait_until((run / "tree/metrics.csv").exists)
    yield world
    (run / "go").touch()
    world.settled(1)


def test_a_run_is_drawn_while_it_goes_on(world: World) -> None:
    screen = Screen(OURS, world.clone)
    try:
        screen.until("running", "batch")
        screen.type(b"M")
        screen.until("loss of batch#1")
        path = world.base / "runs/1/tree/metrics.csv"
        with path.open("a") as more:
            more.write("3,-7.25\n")
        screen.until("-7.25")
        screen.type(b"l")
        screen.until("log scale", "has no place on a log scale")
        screen.type(b"\x1b")
        screen.until("Branches")
    finally:
        screen.close()
