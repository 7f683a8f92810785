"""The same commit with other parameters; and what is remembered about results."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from gitbatch_tui.core.results.pull import bring, look
from gitbatch_tui.core.submit.questions import Choices, ResultsChoice, next_question
from gitbatch_tui.core.submit.situation import prepare
from gitbatch_tui.errors import Refused
from tests.support.batches import RESULT, new_world, open_batch, run, runs

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.worlds import World

JOB = '#!/bin/sh\necho "$GITBATCH_OPTION_lr" >result\n'


def with_lr(*values: str, results: ResultsChoice | None = None, again: bool = False) -> Choices:
    options = tuple(f"lr={value}" for value in values)
    return Choices(options=options, results=results, again=again)


@pytest.fixture
def world(clean_environment: Path, tmp_path: Path) -> World:
    del clean_environment
    world = new_world(tmp_path)
    world.commit({"run.sh": JOB})
    return world


def pull(world: World, number: int) -> None:
    with open_batch(world) as batch:
        bring(look(batch, number))


def test_after_a_pull_other_parameters_run_the_commit_of_before(world: World) -> None:
    commit = run(world, with_lr("1")).receipt.commit
    pull(world, 1)
    assert world.git("rev-parse", "HEAD") != commit
    second = run(world, with_lr("2"))
    assert second.notes[0] == "The same commit as batch#1, now with lr=2."
    third = run(world, with_lr("3"))
    assert third.notes[0] == "The same commit as batch#1, now with lr=3."
    for number in (2, 3):
        facts = world.facts(number, "request")
        assert (facts["commit"], facts["origin"]) == (commit, "rerun 1")
        assert world.bare("show", f"{world.facts(number)['result']}:result") == str(number)


def test_after_a_pull_the_same_parameters_are_nothing_new(world: World) -> None:
    run(world, with_lr("1"))
    pull(world, 1)
    run(world, with_lr("2"))
    with pytest.raises(Refused, match="Nothing is new: this is the result of batch#1"):
        run(world, with_lr("1"))
    with pytest.raises(Refused, match=r"batch#2 ran [0-9a-f]{7} so, and succeeded"):
        run(world, with_lr("2"))
    assert runs(world) == [1, 2]


def test_a_result_runs_itself_only_where_that_is_asked_for(world: World) -> None:
    commit = run(world, with_lr("1")).receipt.commit
    pull(world, 1)
    assert run(world, with_lr("1", again=True)).receipt.commit == commit
    head = world.git("rev-parse", "HEAD")
    assert run(world, with_lr("2", results=ResultsChoice.WITH)).receipt.commit == head


def test_a_run_of_a_run_again_is_one_of_the_first(world: World) -> None:
    run(world, with_lr("1"))
    for number in (1, 2, 3):
        with open_batch(world) as batch:
            world.settled(batch.server.rerun(number).run)
    assert [world.facts(number, "request")["origin"] for number in (2, 3, 4)] == ["rerun 1"] * 3


@pytest.mark.parametrize("wish", [ResultsChoice.WITH, ResultsChoice.WITHOUT])
def test_what_is_to_become_of_results_is_asked_once(world: World, wish: ResultsChoice) -> None:
    world.commit({"run.sh": RESULT})
    run(world)
    world.commit({"notes": "second"})
    with open_batch(world) as batch:
        question = next_question(prepare(batch), Choices())
    assert question
    (answer,) = (
        each.choices
        for each in question.answers
        if each.choices and each.choices.remember and each.choices.results is wish
    )
    run(world, answer)
    commit = world.commit({"notes": "third"})
    run(world)
    brought = wish is ResultsChoice.WITH
    assert (world.git("rev-parse", "HEAD") != commit) is brought
    assert (world.facts(3, "request")["commit"] != commit) is brought
    assert world.facts(3, "request")["subject"] == world.git("log", "-1", "--format=%s", commit)
