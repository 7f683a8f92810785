"""The daily path: what is looked at, asked, pushed and run, and that it runs exactly once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from gitbatch_tui.core.submit import recovery
from gitbatch_tui.core.submit.questions import Choices, ResultsChoice
from gitbatch_tui.core.submit.situation import prepare
from gitbatch_tui.core.submit.submit import submit
from gitbatch_tui.errors import Conflict, PushRefused, Refused
from gitbatch_tui.models import State
from tests.support.batches import new_world, open_batch, question, run, runs

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.worlds import World

AGAIN = Choices(again=True)
WITH = Choices(results=ResultsChoice.WITH)
WITHOUT = Choices(results=ResultsChoice.WITHOUT)


@pytest.fixture
def world(tmp_path: Path) -> World:
    return new_world(tmp_path)


def pull(world: World) -> None:
    world.git("pull", "-q", "batch", "master")


def test_a_commit_is_pushed_and_runs(world: World) -> None:
    lines: list[str] = []
    done = run(world, Choices(options=("lr=0.1", "name=a b")), lines=lines)
    assert done.receipt.run == 1
    assert done.receipt.state is State.SUBMITTED
    assert done.receipt.commit == world.git("rev-parse", "HEAD")
    assert any(line.startswith("remote: gitbatch: run=1 ") for line in lines)
    request = (world.run(1) / "request").read_text()
    assert "\noption: lr=0.1\noption: name=a b" in request


def test_the_next_commit_after_a_pull_needs_no_question(world: World) -> None:
    run(world)
    pull(world)
    world.commit({"a": "1"})
    assert run(world).receipt.run == 2


def test_a_tree_that_ran_well_is_not_run_again_unasked(world: World) -> None:
    run(world)
    assert question(world) == "batch#1 ran exactly this tree, and succeeded."
    with pytest.raises(Refused, match=r"pull it: `gitbatch-tui pull batch#1`, or .*--again"):
        run(world)
    assert runs(world) == [1]


def test_nobody_is_told_to_pull_what_a_run_did_not_leave(world: World) -> None:
    world.commit({"run.sh": "#!/bin/sh\n:\n"})
    run(world)
    world.settled(1)
    with pytest.raises(Refused, match=r"look at it: `gitbatch-tui show batch#1`, or .*--again"):
        run(world)


def test_the_same_tree_in_another_commit_is_recognised(world: World) -> None:
    run(world)
    world.git("commit", "-q", "--amend", "-m", "another message")
    assert question(world) == "batch#1 ran exactly this tree, and succeeded."


def test_other_parameters_are_another_experiment(world: World) -> None:
    run(world)
    done = run(world, Choices(options=("lr=0.2",)))
    assert done.receipt.run == 2
    assert done.notes == ("The same commit as batch#1, now with lr=0.2.",)
    assert world.facts(2, "request")["option"] == "lr=0.2"
    assert question(world, Choices(options=("lr=0.2",))).startswith("batch#2 ran exactly")


def test_again_runs_the_same_commit_without_a_push(world: World) -> None:
    first = run(world)
    done = run(world, AGAIN)
    assert done.receipt.run == 2
    assert done.receipt.commit == first.receipt.commit
    assert world.facts(2, "request")["origin"] == "rerun 1"


def test_nothing_new_to_push_is_said_with_the_state_of_the_run(world: World) -> None:
    world.commit({"run.sh": "#!/bin/sh\nexit 3\n"})
    run(world)
    assert question(world) == "Nothing is new: batch#1 of this commit has failed."
    with pytest.raises(Refused, match=r"gitbatch-tui show batch#1.*--again"):
        run(world)


def test_a_result_that_was_pulled_is_recognised(world: World) -> None:
    run(world)
    pull(world)
    assert question(world) == "Nothing is new: this is the result of batch#1."
    assert run(world, AGAIN).receipt.run == 2


def test_the_commit_of_a_result_is_named_where_a_run_of_it_failed(world: World) -> None:
    world.commit({"run.sh": "#!/bin/sh\necho 1 >result\ntest -z $GITBATCH_OPTION_bad\n"})
    ran = run(world).receipt.commit
    pull(world)
    bad = Choices(options=("bad=1",))
    run(world, bad)
    assert question(world, bad) == f"Nothing is new: batch#2 of {ran[:7]} has failed."


def diverge(world: World, **files: str) -> str:
    """Results are on the server, and a commit here that doesn't know them."""
    run(world)
    return world.commit(files or {"notes": "new"})


def test_results_that_were_not_pulled_are_offered_in_words(world: World) -> None:
    diverge(world)
    expected = "master on batch has results of batch#1 that yours doesn't have (1 commit)."
    assert question(world) == expected
    with pytest.raises(Refused, match=r"\(--with-results\), or .*\(--without-results\)"):
        run(world)
    assert runs(world) == [1]


def test_with_results_they_are_merged_and_the_merge_runs(world: World) -> None:
    commit = diverge(world)
    done = run(world, WITH)
    head = world.git("rev-parse", "HEAD")
    assert done.receipt.commit == head
    assert world.git("rev-parse", "HEAD^1") == commit
    assert world.git("log", "-1", "--format=%B") == (
        f"{world.git('log', '-1', '--format=%s', commit)}\n\nMerge results of batch#1"
    )
    assert (world.clone / "result").exists()


def test_without_results_nothing_is_lost(world: World) -> None:
    run(world)
    delivered = world.tip("master")
    commit = world.commit({"notes": "new"})
    done = run(world, WITHOUT)
    assert done.receipt.commit == commit
    assert not (world.clone / "result").exists()
    world.git("fetch", "-q", "batch", delivered)
    assert world.facts(2)["result"] != delivered


def test_results_can_be_pulled_in_while_nothing_is_new_here(world: World) -> None:
    run(world)
    done = run(world, WITH)
    assert done.receipt.commit == world.facts(1)["result"]
    assert world.git("rev-parse", "HEAD") == done.receipt.commit


def test_a_conflict_is_undone_and_named(world: World) -> None:
    commit = diverge(world, result="mine\n")
    with pytest.raises(Conflict, match=r"both change result\..*undone.*--without-results"):
        run(world, WITH)
    assert world.git("rev-parse", "HEAD") == commit
    assert world.git("status", "--porcelain") == ""
    assert runs(world) == [1]


def test_uncommitted_changes_in_the_way_of_a_merge_are_named(world: World) -> None:
    diverge(world)
    (world.clone / "result").write_text("not committed")
    with pytest.raises(Conflict, match="change result too"):
        run(world, WITH)
    assert (world.clone / "result").read_text() == "not committed"


def test_a_branch_that_is_not_checked_out_is_fast_forwarded_or_refused(world: World) -> None:
    run(world)
    world.git("switch", "-q", "-c", "other")
    done = run(world, WITH, "master")
    assert done.receipt.commit == world.git("rev-parse", "master")
    world.git("branch", "-f", "master", "HEAD")
    world.git("switch", "-q", "master")
    world.commit({"x": "1"})
    world.git("switch", "-q", "other")
    with pytest.raises(Refused, match=r"has to be checked out: `git checkout master`"):
        run(world, WITH, "master")


def test_commits_that_are_no_results_are_not_called_results(world: World, tmp_path: Path) -> None:
    run(world)
    pull(world)
    other = tmp_path / "colleague"
    world.git("clone", "-q", "-o", "batch", str(world.repo), str(other), at=tmp_path)
    world.git("commit", "-q", "--allow-empty", "-m", "theirs", at=other)
    world.push(at=other)
    world.settled(2)
    world.commit({"mine": "1"})
    expected = "master on batch has results of batch#2 and other commits that yours doesn't have"
    assert question(world) == f"{expected} (2 commits)."


def test_a_push_whose_hook_never_started_is_noticed_and_run_once(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recovery, "PATIENCE", 1.0)
    commit = world.git("rev-parse", "HEAD")
    hook = world.repo / "hooks/post-receive"
    hook.rename(world.root / "hook")
    world.push()
    (world.root / "hook").rename(hook)
    done = run(world)
    assert done.receipt.commit == commit
    assert done.notes == ("It had been pushed before, but never run: its run is started now.",)
    assert runs(world) == [1]


def test_a_push_by_somebody_else_between_look_and_push_is_refused_in_words(world: World) -> None:
    run(world)
    pull(world)
    world.commit({"a": "1"})
    with open_batch(world) as batch:
        situation = prepare(batch)
        world.git("push", "-q", "-f", "batch", f"{situation.tip}^:refs/heads/x")
        other = world.git(
            "commit-tree", "-p", situation.tip, "-m", "x", f"{situation.tip}^{{tree}}"
        )
        world.git("push", "-q", "batch", f"{other}:refs/heads/master")
        with pytest.raises(PushRefused, match=r"has commits that yours doesn't have"):
            submit(situation, Choices(), lambda _: None)


def test_a_lease_that_is_outdated_loses_nothing(world: World) -> None:
    diverge(world)
    with open_batch(world) as batch:
        situation = prepare(batch)
        other = world.git(
            "commit-tree", "-p", situation.tip, "-m", "x", f"{situation.tip}^{{tree}}"
        )
        world.git("push", "-q", "batch", f"{other}:refs/heads/master")
        with pytest.raises(PushRefused, match=r"has moved since it was looked at"):
            submit(situation, WITHOUT, lambda _: None)
    world.git("fetch", "-q", "batch", "master")
    world.git("merge-base", "--is-ancestor", other, "FETCH_HEAD")


def close_early(world: World) -> None:
    """Let the batch remote's side close as soon as it has told its branches.

    Git dies of SIGPIPE then, without a word, where it has no branch to move but push options to
    tell; else that is a matter of luck.
    """
    program = world.root / "receive-pack"
    program.write_text('#!/bin/sh\nexec </dev/null\nprintf 0000 | git receive-pack "$@"\n')
    program.chmod(0o755)
    world.git("config", "remote.batch.receivepack", str(program))


def test_a_lease_that_is_outdated_is_told_so_where_git_dies_of_it(world: World) -> None:
    diverge(world)
    with open_batch(world) as batch:
        situation = prepare(batch)
        world.git("push", "-q", "batch", f"+{situation.tip}^:refs/heads/master")
        close_early(world)
        with pytest.raises(PushRefused, match=r"has moved since it was looked at"):
            submit(situation, WITHOUT, lambda _: None)


def test_commits_of_others_are_told_where_git_dies_of_them(world: World) -> None:
    run(world)
    pull(world)
    world.commit({"a": "1"})
    with open_batch(world) as batch:
        situation = prepare(batch)
        tree = f"{situation.tip}^{{tree}}"
        other = world.git("commit-tree", "-p", situation.tip, "-m", "x", tree)
        world.git("push", "-q", "batch", f"{other}:refs/heads/master")
        close_early(world)
        with pytest.raises(PushRefused, match=r"has commits that yours doesn't have"):
            submit(situation, Choices(), lambda _: None)


def test_a_push_that_ends_without_a_word_says_by_what(world: World) -> None:
    with open_batch(world) as batch:
        situation = prepare(batch)
        close_early(world)
        with pytest.raises(PushRefused, match=r"nothing was run: \S.*"):
            submit(situation, Choices(), lambda _: None)
