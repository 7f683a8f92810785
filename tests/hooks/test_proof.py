"""What proves a run, and what is recorded of it, under each shell."""

from __future__ import annotations

import pytest

from tests.support.worlds import JOB_AT_ONCE, World

JOB = {"schedule.sh": JOB_AT_ONCE, "run.sh": "#!/bin/sh\necho 1 >out\n"}


@pytest.fixture
def world(each_shell: World) -> World:
    """With a run whose Python answers at once."""
    python = each_shell.clone / ".git/bin/python3"
    each_shell.script(python, "#!/bin/sh\necho python version: 1.0\n")
    each_shell.env["PATH"] = f"{python.parent}:{each_shell.env['PATH']}"
    each_shell.submit({**JOB, "a b": "1\n", "-x": "1\n"})
    each_shell.settled(1)
    return each_shell


def proof(world: World) -> list[str]:
    """What verify says after the run's own line."""
    answer = world.gitbatch("verify", "1")
    assert answer.status == 0
    head, run, *lines, end = answer.output.splitlines()
    assert (head.split("\t")[0], run.split("\t")[0], end) == ("gitbatch", "run=1", "end")
    return lines


def test_a_run_that_nobody_touched_and_one_that_somebody_did(world: World) -> None:
    result = world.facts(1)["result"]
    whole, *environment = proof(world)
    assert whole == f"proof\tresult={result}\tkept=yes\ttree=there"
    assert "environment\tpython version: 1.0" in environment
    before = sorted(path.name for path in world.run(1).iterdir())
    for name in ("a b", "-x"):
        (world.run(1) / "tree" / name).write_text("2\n")
    (world.run(1) / "tree/out").unlink()
    assert proof(world)[1:4] == ["file\tM\t-x", "file\tM\ta b", "file\tD\tout"]
    assert sorted(path.name for path in world.run(1).iterdir()) == before
    world.git("checkout", "-q", "--", ".", at=world.run(1) / "tree")


def test_what_git_traces_is_no_file_of_the_run_tree(world: World) -> None:
    env = {**world.env, "GIT_TRACE": "1", "GIT_TRACE2": "1"}
    assert "\nfile\t" not in world.gitbatch("verify", "1", env=env).output
    (world.run(1) / "tree/new").touch()
    assert "\nfile\t?\tnew\n" in world.gitbatch("verify", "1", env=env).output


def test_the_jobs_own_repository_has_no_say(world: World) -> None:
    tree = world.run(1) / "tree"
    world.git("update-index", "--assume-unchanged", "a b", at=tree)
    (tree / "a b").write_text("2\n")
    assert "file\tM\ta b" in proof(world)
    world.git("update-index", "--no-assume-unchanged", "a b", at=tree)
    world.git("checkout", "-q", "--", ".", at=tree)


def test_of_a_pruned_tree_nothing_is_said(world: World) -> None:
    world.gitbatch("prune")
    assert proof(world)[0].endswith("\tkept=yes\ttree=pruned")


def test_findings_are_records_that_end_no_run(world: World) -> None:
    result = world.facts(1)["result"]
    words = ("By", "7 of here", "Differs", "a\nb", "Differs", "$(touch pwn)", "Volatile", "c")
    assert world.gitbatch("attest", "1", "differs", *words).status == 0
    record = world.bare("log", "-1", "--format=%s%n%b", "refs/gitbatch/log").splitlines()
    assert record[0] == "run 1: differs"
    assert [line for line in record[1:] if not line.startswith("Time: ")] == [
        "Run: 1",
        "Finding: differs",
        f"Result: {result}",
        "By: 7 of here",
        "Differs: a b",
        "Differs: $(touch pwn)",
        "Volatile: c",
    ]
    assert world.status(1)["state"] == "succeeded"
    assert world.gitbatch("check").output == "ok\n"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("1", "wonderful"), "nobody can find that a run is wonderful"),
        (("1", "differs", "State", "failed"), "a finding has no State"),
        (("2", "differs"), "there is no run 2 here"),
        (("1",), "attest takes a run and a word"),
    ],
    ids=["word", "key", "run", "nothing"],
)
def test_nothing_else_can_be_found(world: World, words: tuple[str, ...], said: str) -> None:
    tip = world.bare("rev-parse", "refs/gitbatch/log")
    answer = world.gitbatch("attest", *words)
    assert answer.status == 1
    assert said in answer.output
    assert world.bare("rev-parse", "refs/gitbatch/log") == tip
