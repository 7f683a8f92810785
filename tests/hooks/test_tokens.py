"""A submit is one run, in whatever ways it is tried; another submit of its commit is another."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from tests.support.worlds import JOB_OF_ITS_OWN, NO_JOB

if TYPE_CHECKING:
    from tests.support.worlds import World

MINE = "0123456789abcdef0123456789abcdef"
OTHER = "fedcba9876543210fedcba9876543210"


def test_a_push_and_a_start_with_its_token_are_one_run(each_shell: World) -> None:
    world = each_shell
    commit = world.commit({"schedule.sh": NO_JOB})
    pushed = world.push(options=[f"gitbatch-token={MINE}", "rate=1"])
    started = world.gitbatch("start", "master", "--commit", commit, "--token", MINE)
    assert started.receipts == pushed.receipts
    assert started.status == 0
    assert world.gitbatch("submitted", MINE).receipts == pushed.receipts
    assert world.facts(1, "request")["option"] == "rate=1"
    assert not (world.run(2)).exists()


def test_two_submits_of_one_commit_are_two_runs_each_with_its_parameters(world: World) -> None:
    commit = world.commit({"schedule.sh": NO_JOB})
    world.push(options=[f"gitbatch-token={MINE}", "rate=1"])
    other = world.gitbatch("start", "master", "--commit", commit, "--token", OTHER, "-o", "rate=2")
    assert other.run == 2
    world.receipts += other.receipts
    assert [world.facts(run, "request")["option"] for run in (1, 2)] == ["rate=1", "rate=2"]


def test_starts_with_one_token_at_one_moment_are_one_run(world: World) -> None:
    world.commit({"schedule.sh": "#!/bin/sh\nsleep 0.3\n"})
    world.git("push", "-q", "batch", "HEAD:refs/heads/there")
    with ThreadPoolExecutor(6) as pool:
        answers = list(
            pool.map(lambda _: world.gitbatch("start", "there", "--token", MINE), range(6))
        )
    assert {answer.run for answer in answers} == {2}
    world.receipts += answers[0].receipts


def test_a_token_is_known_after_its_run_was_settled(world: World) -> None:
    world.commit({"schedule.sh": JOB_OF_ITS_OWN, "run.sh": "#!/bin/sh\ntrue\n"})
    run = world.push(options=[f"gitbatch-token={MINE}"]).run
    world.settled(run)
    (world.base / f"runs/.token.{MINE}").unlink(missing_ok=True)
    assert world.gitbatch("submitted", MINE).run == run
    assert world.gitbatch("submitted", OTHER).status == 1


def test_a_token_that_is_none_is_refused_and_no_parameter(world: World) -> None:
    world.commit({"schedule.sh": NO_JOB})
    world.push(options=["gitbatch-token=../../x"])
    assert "option" not in world.facts(1, "request")
    assert "token" not in world.facts(1, "request")
    answer = world.gitbatch("start", "master", "--token", "short")
    assert answer.status == 1
    assert "16 to 64 letters and digits" in answer.output
