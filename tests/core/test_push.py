"""Pushes that are refused, not confirmed or cut: what is said, and that nothing runs twice."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from gitbatch_tui.core.submit.push import Update, push_once
from gitbatch_tui.core.submit.refusal import explain
from gitbatch_tui.errors import PushRefused, RunNotConfirmed
from gitbatch_tui.models import State
from tests.support.batches import head, new_world, open_batch, runs, send, send_once
from tests.support.worlds import NO_JOB, World

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def world(tmp_path: Path) -> World:
    """A project whose runs leave no results, so that branches stay where they were pushed."""
    world = new_world(tmp_path)
    world.commit({"run.sh": "#!/bin/sh\necho done\n"})
    return world


def test_the_servers_lines_come_live_and_are_kept(world: World) -> None:
    world.commit({"schedule.sh": NO_JOB})
    heard: list[str] = []
    with open_batch(world) as batch:
        done = push_once(batch, head(world), (), heard.append)
    assert "remote: scheduled" in [line.rstrip() for line in heard]
    assert "scheduled" in done.lines
    assert done.receipt


def test_pushing_what_is_there_runs_nothing(world: World) -> None:
    send_once(world)
    assert send_once(world).receipt is None
    assert runs(world) == [1]


def test_a_branch_that_moved_on_is_refused_in_words(world: World) -> None:
    send_once(world, Update("master", world.git("rev-parse", "HEAD")))
    world.git("commit", "-q", "--amend", "-m", "another")
    with pytest.raises(PushRefused, match=r"^master on batch has commits that yours doesn't have"):
        send_once(world)


def test_a_lease_lets_a_branch_be_replaced_only_from_where_it_was_seen(world: World) -> None:
    send_once(world)
    world.settled(1)
    commit = world.commit({"a": "1"})
    with pytest.raises(PushRefused, match="has moved since it was looked at"):
        send_once(world, Update("master", commit, "1" * 40))
    done = send_once(world, Update("master", commit, world.tip("master")))
    assert done.receipt
    with pytest.raises(PushRefused, match="has moved since it was looked at"):
        send_once(world, Update("master", world.git("rev-parse", "HEAD^"), ""))


def test_a_commit_that_git_finds_broken_is_refused_with_the_reason(world: World) -> None:
    blob = world.call("git", "hash-object", "-w", "--stdin").output.strip()
    tree = world.call("git", "mktree", stdin=f"100644 blob {blob}\t.gitmodules2\n").output.strip()
    raw = b"100644 .git\0" + bytes.fromhex(blob)
    path = world.root / "tree"
    path.write_bytes(raw)
    tree = world.git("hash-object", "-t", "tree", "-w", "--literally", str(path))
    commit = world.git("commit-tree", "-m", "bad", tree)
    with pytest.raises(PushRefused, match=r"didn't take the commits: .*contains '\.git'"):
        send_once(world, Update("bad", commit))


def test_a_hook_that_declines_is_quoted(world: World) -> None:
    world.script(world.repo / "hooks/pre-receive", "#!/bin/sh\necho no more today\nexit 1\n")
    with pytest.raises(PushRefused, match=r"A hook on batch declined the push: no more today\."):
        send_once(world)


def test_a_name_that_collides_with_a_branch_is_said(world: World) -> None:
    send_once(world)
    with pytest.raises(PushRefused, match=r"can't exist on batch beside the branches"):
        send_once(world, Update("master/x", world.git("rev-parse", "HEAD")))


def test_a_partial_clone_that_cannot_have_the_rest_of_its_files_is_told_so(world: World) -> None:
    world.commit({"data": "1\n"})
    world.commit({"data": "2\n"})
    world.git("config", "uploadpack.allowFilter", "true")
    origin = world.clone.rename(world.root / "origin")
    address = f"file://{origin}"
    world.git("clone", "-q", "--filter=blob:none", address, str(world.clone), at=world.root)
    for key, value in {"url": world.repo, "gitbatch": world.base}.items():
        world.git("config", f"remote.batch.{key}", str(value))
    shutil.rmtree(origin)
    with pytest.raises(PushRefused, match="This clone is a partial one"):
        send_once(world)
    assert runs(world) == []


def test_a_locked_branch_is_said(world: World) -> None:
    (world.repo / "refs/heads").mkdir(exist_ok=True)
    (world.repo / "refs/heads/master.lock").touch()
    with pytest.raises(PushRefused, match=r"is locked.*gitbatch-tui doctor batch"):
        send_once(world)


@pytest.mark.parametrize(
    ("summary", "said"),
    [
        (
            "[remote rejected] (unpacker error)",
            "error: unable to write file: No space left on device",
        ),
        ("[remote rejected] (failed to update ref)", "error: couldn't write 'master.lock'"),
    ],
)
def test_a_full_disk_is_not_taken_for_a_lock(summary: str, said: str) -> None:
    assert "Is its disk full, or a quota reached?" in explain("batch", "x", summary, (said,))


@pytest.mark.parametrize(
    ("why", "said"),
    [
        ("reference already exists", "is locked"),
        ("incorrect old value provided", "has moved since it was looked at"),
        ("reference does not exist", "has moved since it was looked at"),
        ("refname conflict", "can't exist on batch beside the branches"),
    ],
)
def test_what_newer_versions_of_git_say_is_understood(why: str, said: str) -> None:
    assert said in explain("batch", "x", f"[remote rejected] ({why})", ())


def test_a_server_that_takes_no_parameters_is_named(world: World) -> None:
    world.bare("config", "receive.advertisePushOptions", "false")
    with pytest.raises(PushRefused, match=r"takes no parameters: `gitbatch-tui setup batch "):
        send(world, options=("lr=1",))


REFUSALS = {
    "unknown": ("[remote rejected] (something new)", "batch refused x: [remote rejected] (some"),
    "hostile": ("[remote rejected] (\x1b[2J)", "batch refused x: [remote rejected] (<ESC>[2J)."),
}


@pytest.mark.parametrize(("summary", "expected"), REFUSALS.values(), ids=REFUSALS)
def test_every_refusal_is_a_sentence(summary: str, expected: str) -> None:
    assert explain("batch", "x", summary, ()).startswith(expected)


# No receipt


@pytest.mark.parametrize("broken", ["not executable", "replaced", "gone", "CRLF", "elsewhere"])
def test_a_push_without_a_receipt_is_no_run(world: World, broken: str) -> None:
    hook = world.repo / "hooks/post-receive"
    match broken:
        case "not executable":
            hook.chmod(0o644)
        case "replaced":
            hook.write_text("#!/bin/sh\necho thank you\n")
        case "gone":
            hook.unlink()
        case "CRLF":
            hook.write_bytes(hook.read_bytes().replace(b"\n", b"\r\n"))
        case "elsewhere":
            world.bare("config", "core.hooksPath", "/etc/no-hooks")
    with pytest.raises(RunNotConfirmed) as caught:
        send_once(world)
    sentence = str(caught.value)
    assert sentence.startswith("master was pushed, but no run was confirmed")
    assert "`gitbatch-tui doctor batch`" in sentence
    assert f"`gitbatch-tui setup batch {world.base}`" in sentence
    assert runs(world) == []


def test_a_receipt_that_schedule_sh_prints_is_believed_by_nobody(world: World) -> None:
    commit = "0" * 40
    line = f"gitbatch: run=7 commit={commit} state=submitted branch=master"
    (world.repo / "hooks/post-receive").write_text(f"#!/bin/sh\necho '{line}'\n")
    with pytest.raises(RunNotConfirmed):
        send_once(world)


def test_why_the_hook_started_nothing_is_passed_on(world: World) -> None:
    shutil.rmtree(world.base / "runs")
    (world.base / "runs").write_text("")
    with pytest.raises(RunNotConfirmed, match=r"master was pushed, but there is no run: "):
        send_once(world)


def test_a_rejected_run_has_its_receipt(world: World) -> None:
    world.commit({"schedule.sh": "#!/bin/sh\nexit 3\n"})
    receipt = send_once(world).receipt
    assert receipt
    assert receipt.state is State.REJECTED
