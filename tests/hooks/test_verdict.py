"""What a run is follows from the evidence alone: in any order, and also after it was settled."""

from __future__ import annotations

import os
import random
from typing import TYPE_CHECKING

import pytest

from tests.waiting import wait_until

if TYPE_CHECKING:
    from tests.hooks.world import World

PRINTED = "#!/bin/sh\necho 'Submitted batch job 7'\necho 'Submitted batch job 8'\n"
ELSEWHERE = "4711 1 0000-boot/1 node17"
"""A process on a machine that can't be seen from here."""
ORDERS = 100 if os.environ.get("GITBATCH_FUZZ") == "all" else 3

Step = tuple[str, ...]


def began(mark: str, job: str, minute: int) -> Step:
    text = f"host: node17\ntime: 2026-11-24T10:{minute:02}:00Z\nprocess: {ELSEWHERE}\njob: {job}\n"
    return f"started{mark}", text


def ended(mark: str, status: int, minute: int) -> Step:
    return f"finished{mark}", f"exit: {status}\nsignal: \ntime: 2026-11-24T10:{minute:02}:00Z\n"


def said(job: str, state: str, status: str = "") -> Step:
    return "tell", f"job={job}\tstate={state}\texit={status}"


SEVEN = [began("", "slurm 7", 0), ended("", 0, 9)]
EIGHT = [began(".2", "slurm 8", 3), ended(".2", 3, 4)]
RANK = [began(".2", "slurm 7", 1), ended(".2", 5, 11)]

LOST = ("settle", "lost", "", "its node burned down")

EVIDENCE: dict[str, tuple[list[list[Step]], tuple[str, str]]] = {
    "a job's own word is above its scheduler's and a person's": (
        [SEVEN, EIGHT, [said("slurm 8", "succeeded", "0")], [LOST]],
        ("failed", "3"),
    ),
    "a scheduler's word counts where a job has none": (
        [SEVEN, [said("slurm 8", "failed", "9")], [said("slurm 8", "absent")]],
        ("failed", "9"),
    ),
    "a person's word is above a scheduler's": (
        [SEVEN, [said("slurm 8", "succeeded", "0")], [LOST]],
        ("lost", ""),
    ),
    "the worst rank of a job is its end": (
        [SEVEN, RANK, [said("slurm 8", "succeeded", "0")]],
        ("failed", "5"),
    ),
    "what was cancelled and failed is cancelled": (
        [SEVEN, EIGHT, [("cancel",)]],
        ("cancelled", "3"),
    ),
}


def shuffled(parts: list[list[Step]], chance: random.Random) -> list[Step]:
    """All steps in random order, but each part in its own; and somebody looks in between."""
    others: list[list[Step]] = [[("look",)], [("commit",)], [("settle",)]]
    left = [list(part) for part in [*parts, *others]]
    steps = []
    while left:
        part = chance.choice(left)
        steps.append(part.pop(0))
        left = [each for each in left if each]
    return steps


def take(world: World, run: int, step: Step) -> None:
    kind, *words = step
    if kind == "look":
        world.gitbatch("status")
    elif kind == "settle":
        world.gitbatch("settle", str(run), *words)
    elif kind == "cancel":
        world.gitbatch("cancel", "--mark", str(run))
    elif kind == "tell":
        world.tell(run, *words)
    elif kind == "commit":
        tree = world.run(run) / "tree"
        (tree / "made").write_text(f"{run}\n")
        world.git("add", "made", at=tree)
        world.git("commit", "-q", "-m", "made", at=tree)
    else:
        (world.run(run) / kind).write_text(words[0])


def outcome(world: World, run: int) -> tuple[str, str]:
    """What the run is settled as, once nothing more is to be settled."""
    wait_until(lambda: world.status(run)["ended"] == "settled", 20, f"run {run} to be settled")
    world.settled_by_contact(run)
    facts = world.settled(run)
    assert world.gitbatch("check").output == "ok\n"
    assert world.bare("show", f"{facts['result']}:made") == str(run)
    return facts["state"], facts.get("exit", "")


@pytest.mark.parametrize(("parts", "expected"), EVIDENCE.values(), ids=EVIDENCE)
def test_in_whatever_order_the_evidence_comes_the_end_is_the_same(
    world: World, parts: list[list[Step]], expected: tuple[str, str]
) -> None:
    chance = random.Random(str(expected))  # noqa: S311 -- the same orders each time
    world.commit({"schedule.sh": PRINTED})
    for number in range(ORDERS):
        run = world.push(f"HEAD:refs/heads/order{number}").run
        steps = shuffled(parts, chance)
        for step in steps:
            take(world, run, step)
        assert outcome(world, run) == expected, steps
