"""Locks are files: who is dead loses theirs to one other, whoever else comes at the same moment."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING

import pytest

from tests.support.worlds import World

if TYPE_CHECKING:
    from pathlib import Path

PREPARED = """\
. "$1/gitbatch.d/13-files.sh"
pause () { sleep "$1"; }
alive () { test "$1" = next; }
says () { echo "$1 ${trouble:-}: $(cat lock)"; }
me=second trouble=
"""
BOTH_SAW_THE_DEAD = """
echo dead >lock
alive () { test "$1" = next || { echo next >lock; return 1; }; }
third () { ! test -e lock && echo third >lock; }
mv () { command mv "$@" && { third || :; }; }
rm () { command rm "$@" && { third || :; }; }
lock lock 0
says $?
"""
HELD_BACK = "echo dead >lock; lock lock 0; says $?"
NO_ROOM = """
mkdir () { echo >&2 'no room'; return 1; }
echo dead >lock
lock lock 9
says $?
"""
GOES_AS_IT_IS_TRIED = """
echo next >lock
ln () { command ln "$@" || { command rm lock; return 1; }; }
mv () { echo other >lock; }
publish lock second
says $?
"""
NO_LINKS = """
ln () { return 1; }
publish lock second
says $?
publish lock third
says $?
"""


@pytest.fixture
def place(clean_environment: Path, tmp_path: Path) -> World:
    """A folder for locks, in no batch remote."""
    del clean_environment
    return World(tmp_path)


def said(place: World, script: str) -> str:
    words = (place.sh, "-c", PREPARED + script, "sh", place.hooks())
    return place.call(*words, at=place.root).output


def test_one_that_changes_hands_while_its_owner_is_looked_at_is_never_away(place: World) -> None:
    assert said(place, BOTH_SAW_THE_DEAD) == "1 : next\n"
    assert not (place.root / "lock.turn").exists()


def test_one_takes_away_what_a_dead_one_had_and_who_was_killed_at_it_holds_back_nobody_for_long(
    place: World,
) -> None:
    turn = place.root / "lock.turn"
    turn.mkdir()
    assert said(place, HELD_BACK).endswith(": dead\n")
    # Not every find counts minutes.
    long_ago = time.time() - 2 * 86400
    os.utime(turn, (long_ago, long_ago))
    assert said(place, HELD_BACK).startswith("1 ")
    assert said(place, HELD_BACK) == "0 : second\n"
    assert not turn.exists()


def test_one_that_can_not_be_taken_away_for_want_of_room_is_not_waited_for(place: World) -> None:
    assert said(place, NO_ROOM) == "2 no room: dead\n"


def test_one_that_goes_while_it_is_tried_is_made_where_another_could_not(place: World) -> None:
    assert said(place, GOES_AS_IT_IS_TRIED) == "0 : second\n"


def test_without_hard_links_it_is_the_first_ones_too(place: World) -> None:
    assert said(place, NO_LINKS) == "0 : second\n1 : second\n"


def test_what_was_left_by_who_was_killed_at_one_is_removed_by_check(world: World) -> None:
    left = [world.base / "queue/slot.1.x.turn", world.base / "runs/.token.x.turn"]
    for turn in left:
        turn.mkdir()
    assert world.gitbatch("check", "--repair").output == "ok\n"
    assert all(turn.exists() for turn in left), "they may be somebody's"
    long_ago = time.time() - 9 * 86400
    for turn in left:
        os.utime(turn, (long_ago, long_ago))
    assert world.gitbatch("check", "--repair").output == "ok\n"
    assert not any(turn.exists() for turn in left)
