"""What keeps a branch from being submitted, said before anything is pushed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from gitbatch_tui.core.submit.questions import ChangesChoice, Choices
from gitbatch_tui.core.submit.situation import prepare
from gitbatch_tui.core.submit.submit import submit
from gitbatch_tui.errors import Refused, UnknownName
from gitbatch_tui.models import State
from tests.support.batches import PROJECT, new_world, open_batch, question, run, runs
from tests.support.worlds import NO_JOB, World

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def world(tmp_path: Path) -> World:
    return new_world(tmp_path)


def test_changes_that_are_not_committed_are_asked_about(world: World) -> None:
    (world.clone / "run.sh").write_text("#!/bin/sh\necho new\n")
    assert question(world) == "A file is not committed: run.sh."
    with pytest.raises(Refused, match=r"commit first.*\(--head\), or .*\(--snapshot\)"):
        run(world)
    assert run(world, Choices(dirt=ChangesChoice.HEAD)).receipt.commit == world.git(
        "rev-parse", "HEAD"
    )


def test_changes_do_not_matter_for_another_branch(world: World) -> None:
    world.git("branch", "other")
    (world.clone / "run.sh").write_text("#!/bin/sh\necho new\n")
    assert run(world, branch="other").receipt.branch == "other"


OBJECTIONS = {
    "missing": ({"schedule.sh": None}, "There is no schedule.sh.*gitbatch-tui new"),
    "CRLF": ({"schedule.sh": "#!/bin/sh\r\necho\r\n"}, "Windows line ends"),
}


@pytest.mark.parametrize(("files", "expected"), OBJECTIONS.values(), ids=OBJECTIONS)
def test_a_schedule_sh_that_cannot_run_is_named_before_the_push(
    world: World, files: dict[str, str | None], expected: str
) -> None:
    for name, text in files.items():
        world.git("rm", "-q", "--cached", name)
        (world.clone / name).unlink()
        if text:
            world.commit({name: text})
    world.git("commit", "-q", "--allow-empty", "-am", "broken")
    with pytest.raises(Refused, match=expected):
        run(world)
    assert not runs(world)


def test_a_schedule_sh_that_is_not_executable_is_named(world: World) -> None:
    world.git("update-index", "--chmod=-x", "schedule.sh")
    world.git("commit", "-q", "-m", "x")
    (world.clone / "schedule.sh").chmod(0o644)
    with pytest.raises(Refused, match=r"git update-index --chmod=\+x schedule\.sh"):
        run(world)


SCHEDULES = {
    "spawn": ('"$GITBATCH" spawn ./run.sh', True),
    "run -- in at": ("echo '\"$GITBATCH\" run -- ./run.sh' | at now", True),
    "alone": ('echo "./run.sh >> $LOG 2>&1" | at now', True),
    "sh": ('"$GITBATCH" spawn sh -e ./run.sh', False),
    "comment": ('# ./run.sh\n"$GITBATCH" spawn true', False),
    "sbatch": ("sbatch ./run.sh", False),
    "elsewhere": ('"$GITBATCH" spawn ../run.sh', False),
}


@pytest.mark.parametrize(("line", "calls"), SCHEDULES.values(), ids=SCHEDULES)
def test_a_run_sh_that_schedule_sh_calls_has_to_be_able_to_run(
    world: World,
    line: str,
    calls: bool,
) -> None:
    schedule = f"#!/bin/sh\n{line}\n"
    world.git("rm", "-q", "--cached", "run.sh")
    world.write({"run.sh": "#!/bin/sh\ntrue\n", "schedule.sh": schedule})
    world.git("add", "schedule.sh")
    world.git("commit", "-qm", "without")
    assert ("run.sh isn't committed yet" in _objection(world)) == calls
    world.git("add", "--chmod=-x", "run.sh")
    world.git("commit", "-qm", "plain")
    assert ("run.sh isn't executable: `git update" in _objection(world)) == calls
    world.commit({"run.sh": "#!/bin/sh\r\ntrue\r\n"})
    world.git("update-index", "--chmod=+x", "run.sh")
    world.git("commit", "-q", "--amend", "-m", "windows")
    assert ("run.sh has Windows line ends" in _objection(world)) == calls


def _objection(world: World) -> str:
    with open_batch(world) as batch:
        return prepare(batch).objection


def test_a_schedule_sh_that_is_not_committed_is_named(world: World) -> None:
    world.git("rm", "-q", "--cached", "schedule.sh")
    world.git("commit", "-q", "-m", "x")
    with pytest.raises(Refused, match=r"isn't committed yet: `git add schedule\.sh`"):
        run(world)


def test_of_a_branch_that_is_not_checked_out_a_schedule_sh_is_not_said_to_be_uncommitted(
    world: World,
) -> None:
    world.git("rm", "-q", "--cached", "schedule.sh")
    world.git("commit", "-q", "-m", "before")
    world.git("branch", "early")
    world.commit({"a": "1"})
    with open_batch(world) as batch:
        said = prepare(batch, "early").objection
    assert said.startswith("schedule.sh isn't in this commit, only in the one that is checked out")


def test_a_detached_head_is_told_what_to_do(world: World) -> None:
    world.git("checkout", "-q", "--detach")
    with pytest.raises(Refused, match="HEAD is detached"):
        run(world)


def test_an_unknown_branch_gets_the_list_of_those_there_are(world: World) -> None:
    with pytest.raises(UnknownName, match=r"no branch mastre here; known: master\."):
        run(world, branch="mastre")


@pytest.mark.parametrize("option", ["lr", "=1", "l-r=1", "a b=1", "x=1\ny=2", "x=\x1b[2J", "é=1"])
def test_a_parameter_that_no_job_could_get_is_refused(world: World, option: str) -> None:
    with pytest.raises(Refused, match="isn't NAME=VALUE"):
        run(world, Choices(options=(option,)))
    assert not runs(world)


def test_a_parameter_with_two_values_is_refused_with_the_way_to_write_a_sweep(world: World) -> None:
    with pytest.raises(Refused, match=r"lr is given twice, .*: lr=1,2\."):
        run(world, Choices(options=("lr=1", "seed=3", "lr=2")))
    assert not runs(world)


def test_a_rejected_run_is_a_receipt_too(world: World) -> None:
    world.commit({"schedule.sh": "#!/bin/sh\nexit 3\n"})
    assert run(world).receipt.state is State.REJECTED


def test_doctors_runs_are_nobodys_twins(world: World) -> None:
    world.git("push", "-q", "batch", "HEAD:refs/heads/gitbatch-doctor-x")
    world.settled(900000001)
    assert question(world) == ""
    assert run(world).receipt.run == 1


def test_hostile_branch_names_are_submitted_as_they_are(world: World) -> None:
    name = "a;$(touch${IFS}pwned)`x`|\u202e"
    world.git("switch", "-q", "-c", name)
    world.commit({**PROJECT, "schedule.sh": NO_JOB})
    with open_batch(world) as batch:
        done = submit(prepare(batch), Choices(), lambda _: None)
    assert world.tip(name) == done.receipt.commit
    assert not list(world.root.rglob("pwned"))
