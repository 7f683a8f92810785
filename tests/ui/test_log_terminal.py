"""The log in a real terminal: the pager gets it, and gives it back."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from tests.support.paint import Screen

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.support.project import Project

# Says what it was given, and ends when a line is entered.
PAGER = """#!/bin/sh
echo "paging $(cat "$1")"
read -r _
"""


@pytest.fixture
def open_log(project: Project) -> Iterator[Callable[[], Screen]]:
    number = project.finish("echo the only line")
    assert number == 1
    pager = project.world.root / "a-pager"
    pager.write_text(PAGER)
    pager.chmod(0o755)
    made: list[Screen] = []

    def opened() -> Screen:
        argv = [sys.executable, "-m", "gitbatch_tui"]
        made.append(Screen(argv, project.world.clone, {"PAGER": str(pager)}))
        made[0].until("the only line")
        made[0].type(b"l")
        made[0].until("pager", "the only line")
        return made[0]

    yield opened
    for screen in made:
        screen.close()


def test_the_pager_has_the_terminal_until_it_ends(open_log: Callable[[], Screen]) -> None:
    screen = open_log()
    screen.type(b"P")
    screen.until("paging the only line")
    assert b"\x1b[?1049l" in screen.said
    screen.type(b"\n")
    screen.until("\x1b[?1049h", "the only line")
    screen.type(b"k")
    screen.type(b"\x1b")
    screen.until("Branches")
