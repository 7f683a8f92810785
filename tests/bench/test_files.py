"""The files of a run on the screen: how soon the first of many are there."""

from __future__ import annotations

import statistics
import sys
from typing import TYPE_CHECKING

import pytest

from tests.bench.measure import show
from tests.support.paint import Screen
from tests.support.project import open_project
from tests.support.worlds import World

if TYPE_CHECKING:
    from pathlib import Path

FILES = 50_000
ROUNDS = 9
ALLOWED = 0.2
"""Seconds from the key to the first page."""


@pytest.mark.parametrize("place", ["", "checkpoints"], ids=["at the top", "in a folder"])
def test_the_first_page_of_fifty_thousand_files_is_there_within_a_fifth_of_a_second(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], place: str
) -> None:
    world = World(tmp_path / "world").build()
    project = open_project(world)
    with project.clone, project.hosts:
        number = project.finish(":")
    folder = world.run(number) / "tree" / place
    folder.mkdir(exist_ok=True)
    for at in range(FILES):
        (folder / f"a-step-{at:05}").touch()
    screen = Screen([sys.executable, "-m", "gitbatch_tui"], world.clone)
    taken = []
    try:
        screen.until("Log of batch#1", "succeeded")
        for _ in range(ROUNDS):
            if place:
                screen.type(b"f")
                screen.until("checkpoints")
            began = screen.type(b"\r" if place else b"f")
            taken.append(screen.until("a-step-00003") - began)
            screen.type(b"\x1b")
            screen.until("Log of batch#1")
    finally:
        screen.close()
    first, usual, least = taken[0], statistics.median(taken), min(taken)
    words = ", ".join(f"{each * 1000:.0f} ms" for each in (first, usual, least))
    show(capsys, f"first page of {FILES:,} files: {words} (the first time, usually, at best)")
    assert usual < ALLOWED
