"""Many pushes from several clients at once, while others prune and cancel: nothing is lost."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from itertools import cycle
from threading import Event
from typing import TYPE_CHECKING

import pytest

from tests.support.waiting import wait_until
from tests.support.worlds import JOB_AT_ONCE, JOB_OF_ITS_OWN

if TYPE_CHECKING:
    from tests.support.worlds import World

PUSHES = 1000 if os.environ.get("GITBATCH_FUZZ") == "all" else 80
CLIENTS = 8
FINAL = {"succeeded", "cancelled", "rejected"}
"""Rejected: cancelled while its schedule.sh ran the job itself."""


def pushes(world: World, number: int, count: int) -> int:
    """One client's pushes, each to one of three branches of its own; how many had a receipt."""
    clone = world.clone / f"client-{number}"
    world.new_clone(clone)
    branches = cycle(f"client-{number}-{letter}" for letter in "abc")
    confirmed = 0
    for turn, branch in zip(range(count), branches, strict=False):
        (clone / "schedule.sh").write_text(JOB_AT_ONCE if turn % 5 == 0 else JOB_OF_ITS_OWN)
        (clone / "run.sh").write_text(f"#!/bin/sh\necho {number} {turn} >result\n")
        for script in ("schedule.sh", "run.sh"):
            (clone / script).chmod(0o755)
        for words in (("add", "."), ("commit", "-q", "-m", f"turn {turn}")):
            assert world.call("git", *words, at=clone).status == 0
        while (answer := world.push(f"+HEAD:refs/heads/{branch}", at=clone)).status:
            # The results of the run before were delivered at this very moment.
            assert "cannot lock ref" in answer.output, answer.output
            assert not answer.receipts
        confirmed += len(answer.receipts)
    return confirmed


def housekeeping(world: World, over: Event) -> int:
    """Prune, look and cancel, again and again; how many runs were cancelled."""
    cancelled = 0
    while not over.is_set():
        assert "freed=" in world.gitbatch("prune").output
        active = sorted(int(path.name) for path in (world.base / "active").glob("[0-9]*"))
        if active:
            said = world.gitbatch("cancel", str(active[len(active) // 2]))
            cancelled += said.output.endswith(": cancelled\n")
        assert world.gitbatch("status").output.endswith("end\n")
    return cancelled


def keeps(world: World, why: list[str]) -> bool:
    """Whether prune keeps a tree, and why."""
    why[:] = [line for line in world.gitbatch("prune").lines if "kept=" in line]
    return bool(why)


@pytest.mark.fuzz
@pytest.mark.timeout(0)
def test_a_storm_of_pushes_with_prunes_and_cancels_between_leaves_all_in_order(
    world: World,
) -> None:
    world.killed = True  # by cancel
    world.patience = 3600
    world.bare("config", "gitbatch.localSlots", "6")
    over = Event()
    with ThreadPoolExecutor(CLIENTS + 1) as people:
        keeper = people.submit(housekeeping, world, over)
        clients = [people.submit(pushes, world, n, PUSHES // CLIENTS) for n in range(CLIENTS)]
        try:
            assert sum(client.result() for client in clients) == PUSHES
        finally:
            over.set()
        cancelled = keeper.result()
    wait_until(lambda: list((world.base / "active").iterdir()) == [], 600, "all runs to be settled")
    states = [world.facts(number)["state"] for number in range(1, PUSHES + 1)]
    assert set(states) <= FINAL
    assert len(states) - states.count("succeeded") >= cancelled
    for receipt in world.receipts:
        facts = world.facts(receipt.run)
        if facts["state"] == "succeeded":
            assert world.bare("show", f"{facts['result']}:result") != ""
            assert world.bare("rev-parse", f"{facts['result']}^") == receipt.commit
    kept: list[str] = []
    try:
        wait_until(lambda: not keeps(world, kept), 600, "the last trees to be pruned")
    except AssertionError as failure:
        failure.add_note("\n".join(kept))
        raise
    world.gitbatch("check", "--repair")
    assert list((world.base / "queue").iterdir()) == []
    left = {path.name for path in (world.base / "runs").glob("*/*")}
    assert not [name for name in left if name.endswith((".tmp", ".lock"))]
