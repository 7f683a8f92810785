"""Brings results home; whatever is here already stays."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from gitbatch_tui.core.results.arrival import Relation, Way
from gitbatch_tui.core.results.pull import bring, look
from gitbatch_tui.core.results.stayed import what_stayed
from gitbatch_tui.core.results.waiting import waiting
from gitbatch_tui.errors import Conflict, Refused, Stopped
from gitbatch_tui.models import Results
from tests.support.pulling import files, pull
from tests.support.servers.sshd import HOST, Sshd

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.support.project import Project

UNTIL_GO = "until test -e ../go; do sleep 0.1; done"


def state_of(project: Project) -> tuple[str, str, Mapping[str, str]]:
    """All of a clone that must stay as it is when something can't be done."""
    refs = project.world.git("for-each-ref", "refs/heads")
    return refs, project.world.git("status", "--porcelain"), files(project)


def test_results_of_the_branch_that_is_checked_out_move_it(project: Project) -> None:
    number = project.finish("echo 1 >out")
    done = pull(project, number)
    assert done.done == "The results of batch#1 were brought into master."
    assert files(project)["out"] == "1\n"
    assert project.world.git("status", "--porcelain") == ""
    assert project.run(number).results is Results.PULLED
    assert (
        project.world.git("rev-parse", "master", "batch/master").split()
        == [project.run(number).result] * 2
    )
    assert not project.world.clone.joinpath(".git/FETCH_HEAD").exists()
    assert "here already" in pull(project, number).done


def test_results_come_over_ssh_with_progress(project: Project, sshd: Sshd) -> None:
    number = project.finish("head -c 3000000 /dev/urandom >out")
    project.move_behind(HOST)
    lines: list[str] = []
    bring(look(project.batch, number, lines.append))
    assert project.world.clone.joinpath("out").stat().st_size == 3_000_000
    assert any("objects: 100%" in line for line in lines)
    assert sshd.connections() == 1


def test_fetching_can_be_stopped(project: Project) -> None:
    number = project.finish("echo 1 >out")
    before = state_of(project)
    batch = project.batch
    with pytest.raises(Stopped):
        look(batch, number, lambda _: batch.stop.ask())
    assert state_of(project) == before


def test_changes_that_are_not_committed_and_not_touched_stay(project: Project) -> None:
    number = project.finish("echo 1 >out")
    project.world.write({"mine": "draft\n", "run.sh": "#!/bin/sh\necho changed here\n"})
    before = files(project)
    pull(project, number)
    assert files(project) == {**before, "out": "1\n"}


@pytest.mark.parametrize("committed", [True, False], ids=["tracked", "untracked"])
def test_changes_in_the_way_are_named_and_stay(project: Project, committed: bool) -> None:
    first = {"out": "0\n"} if committed else {}
    number = project.finish("echo 1 >out", **first)
    project.world.write({"out": "mine\n"})
    before = state_of(project)
    with pytest.raises(Conflict, match=r"change out too.*Nothing was changed"):
        pull(project, number)
    assert state_of(project) == before


def test_a_branch_with_commits_of_its_own_needs_a_choice(project: Project) -> None:
    number = project.finish("echo 1 >out")
    project.world.commit({"mine": "1\n"})
    before = state_of(project)
    arrival = look(project.batch, number)
    assert arrival.relation is Relation.APART
    assert arrival.needs_choice
    with pytest.raises(Refused, match=r"master has commits of its own.*--merge.*--files"):
        bring(arrival)
    assert state_of(project) == before


def test_results_can_be_merged(project: Project) -> None:
    number = project.finish("echo 1 >out")
    project.world.commit({"mine": "1\n"})
    done = pull(project, number, Way.MERGE)
    assert done.done == "The results of batch#1 were merged into master."
    assert {"out", "mine"} < files(project).keys()
    assert project.world.git("log", "-1", "--format=%s") == "Merge results of batch#1"
    assert project.run(number).results is Results.PULLED


def test_a_merge_with_a_conflict_is_undone_and_named(project: Project) -> None:
    number = project.finish("echo theirs >out", out="0\n")
    project.world.commit({"out": "mine\n"})
    project.world.write({"other": "not committed\n"})
    before = state_of(project)
    with pytest.raises(Conflict, match=r"both change out\. The merge was undone.*--files"):
        pull(project, number, Way.MERGE)
    assert state_of(project) == before
    assert project.world.call("git", "rev-parse", "MERGE_HEAD").status != 0


def test_a_merge_that_is_under_way_is_left_alone(project: Project) -> None:
    number = project.finish("echo 1 >out", both="0\n")
    project.world.git("checkout", "-q", "-b", "other", "HEAD")
    project.world.commit({"both": "1\n"})
    project.world.git("checkout", "-q", "master")
    project.world.commit({"both": "2\n"})
    assert project.world.call("git", "merge", "other").status == 1
    before = state_of(project)
    with pytest.raises(Refused, match="A merge is under way"):
        pull(project, number, Way.MERGE)
    assert state_of(project) == before
    project.world.git("rev-parse", "MERGE_HEAD")


@pytest.mark.parametrize("where", ["here", "in another work tree"])
def test_a_branch_that_is_being_rebased_is_left_alone_until_that_ends(
    project: Project, where: str
) -> None:
    number = project.finish("echo 1 >out", both="0\n")
    project.world.git("checkout", "-q", "-b", "other")
    project.world.commit({"both": "1\n"})
    project.world.git("checkout", "-q", "master")
    project.world.commit({"both": "2\n"})
    there = project.world.clone
    if where != "here":
        there = project.world.root / "second"
        project.world.git("checkout", "-q", "--detach")
        project.world.git("worktree", "add", "-q", str(there), "master")
    assert project.world.call("git", "-C", str(there), "rebase", "other").status == 1
    before = state_of(project)
    for way in (Way.MERGE, Way.TAKE):
        with pytest.raises(Refused, match="A rebase of master is under way"):
            pull(project, number, way)
    assert state_of(project) == before
    project.world.git("-C", str(there), "rebase", "--skip")
    assert project.world.git("rev-parse", "master") == project.world.git("rev-parse", "other")


def test_another_branch_is_moved_without_being_checked_out(project: Project) -> None:
    number = project.finish("echo 1 >out")
    project.world.git("checkout", "-q", "-b", "elsewhere")
    pull(project, number)
    assert "out" not in files(project)
    assert project.world.git("rev-parse", "master") == project.run(number).result


def test_a_branch_whose_name_is_a_sign_of_gits_is_pulled_as_any_other(project: Project) -> None:
    project.world.commit({"a": "1"})
    project.world.git("update-ref", "refs/heads/@", "HEAD")
    project.world.git("symbolic-ref", "HEAD", "refs/heads/@")
    number = project.finish("echo 1 >out")
    assert project.run(number).branch == "@"
    assert pull(project, number).done == "The results of batch#1 were brought into @."
    assert project.world.git("rev-parse", "refs/heads/@") == project.run(number).result
    with pytest.raises(Refused, match="@ can't be the name of a branch"):
        bring(look(project.batch, number), Way.BRANCH, "@")


def test_a_branch_that_is_checked_out_in_another_work_tree_is_left_alone(project: Project) -> None:
    number = project.finish("echo 1 >out")
    project.world.git("checkout", "-q", "-b", "elsewhere")
    project.world.git("worktree", "add", "-q", str(project.world.root / "second"), "master")
    before = project.world.git("rev-parse", "master")
    with pytest.raises(Refused, match="has to be checked out"):
        pull(project, number)
    assert project.world.git("rev-parse", "master") == before


def test_a_branch_that_is_not_here_is_made(project: Project) -> None:
    number = project.finish("echo 1 >out")
    project.world.git("checkout", "-q", "-b", "elsewhere")
    project.world.git("branch", "-q", "-D", "master")
    assert "was made here" in pull(project, number).done
    assert project.world.git("rev-parse", "master") == project.run(number).result


def test_results_that_were_overtaken_come_from_their_side_branch(project: Project) -> None:
    number = project.begin(f"{UNTIL_GO}; echo 1 >out")
    project.world.submit({"schedule.sh": "#!/bin/sh\n", "mine": "1\n"})
    project.world.run(number).joinpath("go").touch()
    project.world.settled(number)
    assert project.run(number).place == f"master-run{number}"
    assert look(project.batch, number).relation is Relation.APART
    pull(project, number, Way.MERGE)
    assert {"out", "mine"} < files(project).keys()


@pytest.mark.parametrize("protocol", ["0", "2"])
def test_results_that_a_forced_push_left_behind_come_by_their_number(
    project: Project, protocol: str
) -> None:
    project.world.git("config", "protocol.version", protocol)
    number = project.finish("echo 1 >out")
    project.world.commit({"mine": "1\n"})
    project.world.git("push", "-q", "--force", "batch", "master")
    project.world.settled(number + 1)
    run = project.run(number)
    assert run.result not in project.world.bare("rev-list", "--branches").split()
    assert number in {run.number for run in waiting(project.batch).others}
    arrival = look(project.batch, number)
    assert arrival.relation is Relation.APART
    bring(arrival, Way.MERGE)
    assert {"out", "mine"} < files(project).keys()
    assert project.run(number).results is Results.PULLED


def test_the_side_branch_may_be_gone_by_now(project: Project) -> None:
    number = project.begin(f"{UNTIL_GO}; echo 1 >out")
    project.world.submit({"schedule.sh": "#!/bin/sh\n", "mine": "1\n"})
    project.world.run(number).joinpath("go").touch()
    project.world.settled(number)
    project.world.bare("update-ref", "-d", f"refs/heads/master-run{number}")
    pull(project, number, Way.FILES)
    assert files(project)["out"] == "1\n"


def test_a_run_without_changes_has_nothing_to_pull(project: Project) -> None:
    number = project.finish("echo 1 >x.tmp", __gitignore="*.tmp\n")
    done = pull(project, number)
    assert done.complete
    assert done.done == "batch#1 has succeeded and changed nothing."


def test_a_run_that_is_not_over_is_waited_for(project: Project) -> None:
    number = project.begin(UNTIL_GO)
    with pytest.raises(Refused, match="`gitbatch-tui wait batch#1`"):
        look(project.batch, number)
    project.world.run(number).joinpath("go").touch()
    project.world.settled(number)


def test_what_a_failed_run_left_comes_only_when_it_is_asked_for(project: Project) -> None:
    number = project.finish("echo half >out; exit 3")
    before = state_of(project)
    with pytest.raises(Refused, match="batch#1 has failed, and what it left is in no branch"):
        pull(project, number)
    assert state_of(project) == before
    pull(project, number, Way.FILES)
    assert files(project)["out"] == "half\n"


def test_what_a_failed_run_left_makes_no_branch_unasked(project: Project) -> None:
    number = project.finish_on("other", "echo half >out; exit 3")
    project.world.git("checkout", "-q", "-b", "master")
    project.world.git("branch", "-q", "-D", "other")
    before = state_of(project)
    with pytest.raises(Refused, match="batch#1 has failed, and what it left is in no branch"):
        pull(project, number)
    assert state_of(project) == before
    pull(project, number, Way.MERGE)
    assert project.world.git("rev-parse", "other") == project.run(number).result


def test_the_files_of_a_failed_snapshot_come_only_when_they_are_asked_for(project: Project) -> None:
    number = project.finish_on("master-snapshot", "echo half >out; exit 3")
    project.world.git("checkout", "-q", "-b", "master")
    project.world.git("branch", "-q", "-D", "master-snapshot")
    before = state_of(project)
    with pytest.raises(Refused, match=r"may be half done.*pull batch#1 --files"):
        pull(project, number)
    assert state_of(project) == before
    pull(project, number, Way.FILES)
    assert files(project)["out"] == "half\n"


def test_results_that_could_not_be_delivered_are_tried_again(project: Project) -> None:
    hidden = (
        "git add out && git -c core.hooksPath=/dev/null commit -q -m own; mv .git/objects ../kept"
    )
    number = project.begin(f"echo 1 >out; {hidden}")
    project.world.settled(number)
    run = project.run(number)
    assert run.results is Results.UNDELIVERED
    again = f"(`gitbatch-tui pull {run.name}` tries again)"
    why = f"The results of {run.name} are not delivered: {run.undelivered} {again}."
    assert why in what_stayed(project.clone, run)
    with pytest.raises(Refused, match=f"could not be delivered: .*get batch#{number} PATH"):
        look(project.batch, number)
    folder = project.world.run(number)
    (folder / "kept").rename(folder / "tree/.git/objects")
    pull(project, number)
    assert files(project)["out"] == "1\n"


def test_the_newest_results_of_each_branch_are_chosen_and_the_others_named(
    project: Project,
) -> None:
    first = project.finish("date +%N >out")
    again = project.again(first)
    failed = project.finish_on("exp", "echo 2 >out; exit 1")
    project.finish_on("gone", "echo 3 >out")
    project.world.git("checkout", "-q", "master")
    project.world.git("branch", "-q", "-D", "gone")
    waits = waiting(project.batch)
    chosen, others = waits.newest, waits.others
    assert [run.number for run in chosen] == [first]
    assert [run.number for run in others] == [4, failed, again]
    pull(project, first)
    assert waiting(project.batch).newest == ()
