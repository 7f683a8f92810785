"""Snapshots: the work tree as it is, and nothing of it touched."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from gitbatch_tui.core.git.merge import MergePurpose, bring_in
from gitbatch_tui.core.git.opening import open_clone
from gitbatch_tui.core.submit.questions import ChangesChoice, Choices
from gitbatch_tui.core.submit.situation import prepare
from gitbatch_tui.core.submit.submit import Submission, submit
from gitbatch_tui.errors import CommandFailed, Refused
from tests.support.batches import new_world, open_batch

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.worlds import World

SNAPSHOT = Choices(dirt=ChangesChoice.SNAPSHOT)
AT_WORK = "#!/bin/sh\necho half done >result\n"


@pytest.fixture
def world(tmp_path: Path) -> World:
    return new_world(tmp_path)


def take(world: World, choices: Choices = SNAPSHOT) -> Submission:
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


def test_a_snapshot_has_what_was_changed_within_the_second_of_git_add(world: World) -> None:
    index, file, then = world.clone / ".git/index", world.clone / "staged", (1.7e9, 1.7e9)
    world.git("config", "core.trustctime", "false")
    world.write({"staged": "1\n", "run.sh": AT_WORK})
    os.utime(file, then)
    world.git("add", "staged")
    file.write_text("2\n")
    os.utime(file, then)
    os.utime(index, then)
    commit = take(world).receipt.commit
    assert world.bare("show", f"{commit}:staged") == "2"


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


def test_files_in_conflict_are_taken_as_they_are_and_named(world: World) -> None:
    world.commit({"a b": "1\n", "other": "1\n"})
    world.git("branch", "theirs")
    world.commit({"a b": "2\n"})
    world.git("checkout", "-q", "theirs")
    world.commit({"a b": "3\n", "other": "2\n"})
    world.git("checkout", "-q", "master")
    assert world.call("git", "merge", "-q", "theirs").status
    before = traces(world)
    done = take(world)
    assert traces(world) == before
    assert done.notes == ("Taken as they are, though their conflict isn't solved for git: a b.",)
    assert "<<<<<<<" in world.bare("show", f"{done.receipt.commit}:a b")


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


def tree_of(world: World, commit: str) -> dict[str, str]:
    """The modes of a commit's files."""
    lines = world.bare("ls-tree", "-r", commit).split("\n")
    return {line.partition("\t")[2]: line[:6] for line in lines}


def test_a_file_that_git_does_not_know_is_reason_enough_for_a_snapshot(world: World) -> None:
    world.write({"new.py": "print(1)\n"})
    done = take(world)
    assert done.receipt.branch == "master-snapshot"
    assert world.bare("show", f"{done.receipt.commit}:new.py") == "print(1)"


def test_modes_and_renames_are_in_a_snapshot(world: World) -> None:
    world.commit({"tool": "#!/bin/sh\n", "plain": "1\n", "old": "2\n"})
    (world.clone / "plain").chmod(0o755)
    (world.clone / "tool").chmod(0o644)
    (world.clone / "old").rename(world.clone / "new")
    tree = tree_of(world, take(world).receipt.commit)
    assert (tree["plain"], tree["tool"], tree["new"]) == ("100755", "100644", "100644")
    assert "old" not in tree


def test_a_snapshot_with_nothing_to_take_says_so_and_is_the_commit(world: World) -> None:
    commit = world.git("rev-parse", "HEAD").strip()
    done = take(world)
    assert done.notes == (f"There is nothing to take a snapshot of: {commit[:7]} has all files.",)
    assert (done.receipt.branch, done.receipt.commit) == ("master", commit)


def test_a_repository_among_the_files_is_left_out_and_named(world: World) -> None:
    world.write({"new": "1\n", "models/w.bin": "weights\n"})
    assert world.call("git", "init", "-q", "models").status == 0
    done = take(world)
    assert done.notes == ("Left out, since they are repositories of their own: models/.",)
    assert "models" not in tree_of(world, done.receipt.commit)


def test_a_snapshot_is_of_what_is_checked_out_only(world: World) -> None:
    world.git("branch", "other")
    with (
        open_batch(world) as batch,
        pytest.raises(Refused, match="A snapshot is of what is checked out, and other isn't"),
    ):
        submit(prepare(batch, "other"), SNAPSHOT, lambda _: None)


@pytest.mark.parametrize("kind", ["heads", "tags", "remotes"])
def test_names_of_branches_tags_and_remotes_confuse_nothing(world: World, kind: str) -> None:
    other = world.git("commit-tree", "-m", "elsewhere", "HEAD^{tree}").strip()
    for name in ("HEAD", "batch/master", "master-snapshot", "batch", "runs", "master"):
        if kind == "remotes":
            world.call("git", "remote", "add", name, "/nowhere")
        elif (kind, name) != ("heads", "master"):
            world.call("git", "update-ref", f"refs/{kind}/{name}", other)
    world.write({"new": "1\n"})
    snapshot = take(world).receipt.commit
    assert world.bare("show", f"{snapshot}:new") == "1"
    commit = world.commit({"more": "1\n"}).split()[-1]  # git warns of the ambiguous name
    assert take(world, Choices()).receipt.commit == commit


def test_without_an_identity_a_snapshot_says_what_to_do(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.write({"new": "1\n"})
    nobody = world.root / "nobody"
    nobody.write_text("[user]\nuseConfigOnly = true\n")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(nobody))
    with pytest.raises(CommandFailed, match="git doesn't know who you are"):
        take(world)


def test_a_merge_that_nobody_can_sign_is_undone_and_says_what_to_do(world: World) -> None:
    old = world.commit({"theirs": "1"}, branch="other")
    world.git("checkout", "-q", "-B", "master", f"{old}~1")
    head = world.commit({"yours": "1"})
    world.git("config", "commit.gpgSign", "true")
    world.git("config", "gpg.program", str(world.root / "no-gpg"))
    with open_clone(world.clone) as clone:
        with pytest.raises(CommandFailed, match="git is set to sign commits"):
            bring_in(clone, "master", old, "Merge", MergePurpose("merged", "merge again", "don't"))
        assert clone.commit_of("MERGE_HEAD") is None
        assert clone.commit_of("HEAD") == head
