"""Snapshots: the work tree as it is, and nothing of it touched."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from gitbatch_tui.core.submitting.choices import Choices, Dirt
from gitbatch_tui.core.submitting.situation import prepare
from gitbatch_tui.core.submitting.submit import Submitted, submit
from gitbatch_tui.errors import Refused
from tests.core.batches import new_world, open_batch

if TYPE_CHECKING:
    from pathlib import Path

    from tests.hooks.world import World

SNAPSHOT = Choices(dirt=Dirt.SNAPSHOT)
AT_WORK = "#!/bin/sh\necho half done >result\n"


@pytest.fixture
def world(tmp_path: Path) -> World:
    return new_world(tmp_path)


def take(world: World, choices: Choices = SNAPSHOT) -> Submitted:
    with open_batch(world) as batch:
        done = submit(prepare(batch), choices, lambda _: None)
    world.settled(done.receipt.run)
    return done


def traces(world: World) -> tuple[str, ...]:
    """All that a snapshot must not touch."""
    index = (world.clone / ".git/index").read_bytes().hex()
    refs = world.git("for-each-ref", "refs/heads", "refs/stash", "refs/tags")
    status = world.git("--no-optional-locks", "status", "--porcelain")
    return index, refs, status, world.git("reflog")


def test_a_snapshot_holds_what_the_files_are_and_touches_nothing(world: World) -> None:
    world.write({"run.sh": AT_WORK, "new/file": "untracked\n", "staged": "1\n"})
    world.write({".gitignore": "*.tmp\n", "big.tmp": "ignored\n"})
    world.git("add", "staged")
    world.write({"staged": "2\n"})
    before = traces(world)
    done = take(world)
    assert traces(world) == before
    assert done.receipt.branch == "master-snapshot"
    show = f"{done.receipt.commit}:"
    assert world.bare("show", f"{show}run.sh") == AT_WORK.rstrip("\n")
    assert world.bare("show", f"{show}new/file") == "untracked"
    assert world.bare("show", f"{show}staged") == "2"
    assert "big.tmp" not in world.bare("ls-tree", "-r", "--name-only", done.receipt.commit)
    assert world.tip("master") == ""


def test_a_file_that_was_removed_is_not_in_the_snapshot(world: World) -> None:
    world.commit({"old": "1"})
    (world.clone / "old").unlink()
    commit = take(world).receipt.commit
    assert "old" not in world.bare("ls-tree", "-r", "--name-only", commit).split("\n")


def test_after_a_snapshot_the_real_commit_is_submitted_as_ever(world: World) -> None:
    world.write({"run.sh": AT_WORK})
    take(world)
    commit = world.commit({"notes": "done"})
    done = take(world, Choices())
    assert (done.receipt.branch, done.receipt.commit) == ("master", commit)
    assert world.facts(2)["results"] == "delivered"


def test_one_snapshot_follows_another(world: World) -> None:
    world.write({"run.sh": AT_WORK})
    take(world)
    world.write({"run.sh": AT_WORK.replace("half", "nearly")})
    done = take(world)
    assert done.receipt.run == 2
    assert world.facts(2, "request")["branch"] == "master-snapshot"


def test_the_same_snapshot_is_recognised(world: World) -> None:
    world.write({"run.sh": AT_WORK})
    take(world)
    with pytest.raises(Refused, match=r"batch#1 ran exactly this tree"):
        take(world)


def test_a_branch_of_that_name_that_is_somebodys_own_is_left_alone(world: World) -> None:
    world.git("push", "-q", "batch", "HEAD:refs/heads/master-snapshot")
    world.settled(1)
    tip = world.tip("master-snapshot")
    world.write({"run.sh": AT_WORK})
    with pytest.raises(Refused, match="is a branch of somebody's own"):
        take(world)
    assert world.tip("master-snapshot") == tip


def test_files_that_look_like_keys_stay_at_home_and_are_named(world: World) -> None:
    world.write({"run.sh": AT_WORK, ".env": "TOKEN=1\n", "deep/Server.PEM": "key\n"})
    done = take(world)
    assert done.notes == (
        "Left out, since they look like keys or passwords: .env, deep/Server.PEM.",
    )
    names = world.bare("ls-tree", "-r", "--name-only", done.receipt.commit).split("\n")
    assert not {".env", "deep/Server.PEM"} & set(names)


def test_a_schedule_sh_that_is_only_in_the_work_tree_is_enough(world: World) -> None:
    script = (world.clone / "schedule.sh").read_text()
    world.git("rm", "-q", "--cached", "schedule.sh")
    (world.clone / "schedule.sh").unlink()
    world.git("commit", "-q", "-m", "without")
    world.write({"schedule.sh": script, "run.sh": AT_WORK})
    assert take(world).receipt.run == 1


def test_a_snapshot_from_a_subfolder_and_with_odd_names_is_whole(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.write({"run.sh": AT_WORK, "a b/\u202e*?[x]": "odd\n", "-x": "dash\n"})
    monkeypatch.chdir(world.clone / "a b")
    commit = take(world).receipt.commit
    names = world.bare("ls-tree", "-r", "-z", "--name-only", commit).split("\0")
    assert {"a b/\u202e*?[x]", "-x"} <= set(names)
