"""Brings results home; whatever is here already stays."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from gitbatch_tui.core.results.arrival import Standing, Way
from gitbatch_tui.core.results.pull import bring, look
from gitbatch_tui.core.results.waiting import waiting
from gitbatch_tui.errors import Conflict, Refused, Stopped
from gitbatch_tui.models import Results
from tests.core.pulling import files, pull
from tests.lab import Lab, lab
from tests.servers.sshd import HOST, Sshd, sshd

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["lab", "sshd"]

UNTIL_GO = "until test -e ../go; do sleep 0.05; done"


def state_of(lab: Lab) -> tuple[str, str, Mapping[str, str]]:
    """All of a clone that must stay as it is when something can't be done."""
    refs = lab.world.git("for-each-ref", "refs/heads")
    return refs, lab.world.git("status", "--porcelain"), files(lab)


def test_results_of_the_branch_that_is_checked_out_move_it(lab: Lab) -> None:
    number = lab.finish("echo 1 >out")
    done = pull(lab, number)
    assert done.done == "The results of batch#1 were brought into master."
    assert files(lab)["out"] == "1\n"
    assert lab.world.git("status", "--porcelain") == ""
    assert lab.run(number).results is Results.PULLED
    assert (
        lab.world.git("rev-parse", "master", "batch/master").split() == [lab.run(number).result] * 2
    )
    assert not lab.world.clone.joinpath(".git/FETCH_HEAD").exists()
    assert "here already" in pull(lab, number).done


def test_results_come_over_ssh_with_progress(lab: Lab, sshd: Sshd) -> None:
    number = lab.finish("head -c 3000000 /dev/urandom >out")
    lab.move_behind(HOST)
    lines: list[str] = []
    bring(look(lab.batch, number, lines.append))
    assert lab.world.clone.joinpath("out").stat().st_size == 3_000_000
    assert any("objects: 100%" in line for line in lines)
    assert sshd.connections() == 1


def test_fetching_can_be_stopped(lab: Lab) -> None:
    number = lab.finish("echo 1 >out")
    before = state_of(lab)
    batch = lab.batch
    with pytest.raises(Stopped):
        look(batch, number, lambda _: batch.stop.ask())
    assert state_of(lab) == before


def test_changes_that_are_not_committed_and_not_touched_stay(lab: Lab) -> None:
    number = lab.finish("echo 1 >out")
    lab.world.write({"mine": "draft\n", "run.sh": "#!/bin/sh\necho changed here\n"})
    before = files(lab)
    pull(lab, number)
    assert files(lab) == {**before, "out": "1\n"}


@pytest.mark.parametrize("committed", [True, False], ids=["tracked", "untracked"])
def test_changes_in_the_way_are_named_and_stay(lab: Lab, committed: bool) -> None:  # noqa: FBT001
    first = {"out": "0\n"} if committed else {}
    number = lab.finish("echo 1 >out", **first)
    lab.world.write({"out": "mine\n"})
    before = state_of(lab)
    with pytest.raises(Conflict, match=r"change out too.*Nothing was changed"):
        pull(lab, number)
    assert state_of(lab) == before


def test_a_branch_with_commits_of_its_own_needs_a_choice(lab: Lab) -> None:
    number = lab.finish("echo 1 >out")
    lab.world.commit({"mine": "1\n"})
    before = state_of(lab)
    arrival = look(lab.batch, number)
    assert arrival.standing is Standing.APART
    assert arrival.needs_choice
    with pytest.raises(Refused, match=r"master has commits of its own.*--merge.*--files"):
        bring(arrival)
    assert state_of(lab) == before


def test_results_can_be_merged(lab: Lab) -> None:
    number = lab.finish("echo 1 >out")
    lab.world.commit({"mine": "1\n"})
    done = pull(lab, number, Way.MERGE)
    assert done.done == "The results of batch#1 were merged into master."
    assert {"out", "mine"} < files(lab).keys()
    assert lab.world.git("log", "-1", "--format=%s") == "Merge results of batch#1"
    assert lab.run(number).results is Results.PULLED


def test_a_merge_with_a_conflict_is_undone_and_named(lab: Lab) -> None:
    number = lab.finish("echo theirs >out", out="0\n")
    lab.world.commit({"out": "mine\n"})
    lab.world.write({"other": "not committed\n"})
    before = state_of(lab)
    with pytest.raises(Conflict, match=r"both change out\. The merge was undone.*--files"):
        pull(lab, number, Way.MERGE)
    assert state_of(lab) == before
    assert lab.world.call("git", "rev-parse", "MERGE_HEAD").status != 0


def test_a_merge_that_is_under_way_is_left_alone(lab: Lab) -> None:
    number = lab.finish("echo 1 >out", both="0\n")
    lab.world.git("checkout", "-q", "-b", "other", "HEAD")
    lab.world.commit({"both": "1\n"})
    lab.world.git("checkout", "-q", "master")
    lab.world.commit({"both": "2\n"})
    assert lab.world.call("git", "merge", "other").status == 1
    before = state_of(lab)
    with pytest.raises(Refused, match="A merge is under way"):
        pull(lab, number, Way.MERGE)
    assert state_of(lab) == before
    lab.world.git("rev-parse", "MERGE_HEAD")


def test_another_branch_is_moved_without_being_checked_out(lab: Lab) -> None:
    number = lab.finish("echo 1 >out")
    lab.world.git("checkout", "-q", "-b", "elsewhere")
    pull(lab, number)
    assert "out" not in files(lab)
    assert lab.world.git("rev-parse", "master") == lab.run(number).result


def test_a_branch_that_is_checked_out_in_another_work_tree_is_left_alone(lab: Lab) -> None:
    number = lab.finish("echo 1 >out")
    lab.world.git("checkout", "-q", "-b", "elsewhere")
    lab.world.git("worktree", "add", "-q", str(lab.world.root / "second"), "master")
    before = lab.world.git("rev-parse", "master")
    with pytest.raises(Refused, match="has to be checked out"):
        pull(lab, number)
    assert lab.world.git("rev-parse", "master") == before


def test_a_branch_that_is_not_here_is_made(lab: Lab) -> None:
    number = lab.finish("echo 1 >out")
    lab.world.git("checkout", "-q", "-b", "elsewhere")
    lab.world.git("branch", "-q", "-D", "master")
    assert "was made here" in pull(lab, number).done
    assert lab.world.git("rev-parse", "master") == lab.run(number).result


def test_results_that_were_overtaken_come_from_their_side_branch(lab: Lab) -> None:
    number = lab.begin(f"{UNTIL_GO}; echo 1 >out")
    lab.world.submit({"schedule.sh": "#!/bin/sh\n", "mine": "1\n"})
    lab.world.run(number).joinpath("go").touch()
    lab.world.settled(number)
    assert lab.run(number).place == f"master-run{number}"
    assert look(lab.batch, number).standing is Standing.APART
    pull(lab, number, Way.MERGE)
    assert {"out", "mine"} < files(lab).keys()


@pytest.mark.parametrize("protocol", ["0", "2"])
def test_results_that_a_forced_push_left_behind_come_by_their_number(
    lab: Lab, protocol: str
) -> None:
    lab.world.git("config", "protocol.version", protocol)
    number = lab.finish("echo 1 >out")
    lab.world.commit({"mine": "1\n"})
    lab.world.git("push", "-q", "--force", "batch", "master")
    lab.world.settled(number + 1)
    run = lab.run(number)
    assert run.result not in lab.world.bare("rev-list", "--branches").split()
    assert number in {run.number for run in waiting(lab.batch).others}
    arrival = look(lab.batch, number)
    assert arrival.standing is Standing.APART
    bring(arrival, Way.MERGE)
    assert {"out", "mine"} < files(lab).keys()
    assert lab.run(number).results is Results.PULLED


def test_the_side_branch_may_be_gone_by_now(lab: Lab) -> None:
    number = lab.begin(f"{UNTIL_GO}; echo 1 >out")
    lab.world.submit({"schedule.sh": "#!/bin/sh\n", "mine": "1\n"})
    lab.world.run(number).joinpath("go").touch()
    lab.world.settled(number)
    lab.world.bare("update-ref", "-d", f"refs/heads/master-run{number}")
    pull(lab, number, Way.FILES)
    assert files(lab)["out"] == "1\n"


def test_a_run_without_changes_has_nothing_to_pull(lab: Lab) -> None:
    number = lab.finish("echo 1 >x.tmp", __gitignore="*.tmp\n")
    done = pull(lab, number)
    assert done.complete
    assert done.done == "batch#1 has succeeded and changed nothing."


def test_a_run_that_is_not_over_is_waited_for(lab: Lab) -> None:
    number = lab.begin(UNTIL_GO)
    with pytest.raises(Refused, match="`gitbatch-tui wait batch#1`"):
        look(lab.batch, number)
    lab.world.run(number).joinpath("go").touch()
    lab.world.settled(number)


def test_what_a_failed_run_left_comes_only_when_it_is_asked_for(lab: Lab) -> None:
    number = lab.finish("echo half >out; exit 3")
    before = state_of(lab)
    with pytest.raises(Refused, match="batch#1 has failed, and what it left is in no branch"):
        pull(lab, number)
    assert state_of(lab) == before
    pull(lab, number, Way.FILES)
    assert files(lab)["out"] == "half\n"


def test_what_a_failed_run_left_makes_no_branch_unasked(lab: Lab) -> None:
    number = lab.finish_on("other", "echo half >out; exit 3")
    lab.world.git("checkout", "-q", "-b", "master")
    lab.world.git("branch", "-q", "-D", "other")
    before = state_of(lab)
    with pytest.raises(Refused, match="batch#1 has failed, and what it left is in no branch"):
        pull(lab, number)
    assert state_of(lab) == before
    pull(lab, number, Way.MERGE)
    assert lab.world.git("rev-parse", "other") == lab.run(number).result


def test_the_files_of_a_failed_snapshot_come_only_when_they_are_asked_for(lab: Lab) -> None:
    number = lab.finish_on("master-snapshot", "echo half >out; exit 3")
    lab.world.git("checkout", "-q", "-b", "master")
    lab.world.git("branch", "-q", "-D", "master-snapshot")
    before = state_of(lab)
    with pytest.raises(Refused, match=r"may be half done.*pull batch#1 --files"):
        pull(lab, number)
    assert state_of(lab) == before
    pull(lab, number, Way.FILES)
    assert files(lab)["out"] == "half\n"


def test_results_that_could_not_be_delivered_are_tried_again(lab: Lab) -> None:
    hidden = (
        "git add out && git -c core.hooksPath=/dev/null commit -q -m own; mv .git/objects ../kept"
    )
    number = lab.begin(f"echo 1 >out; {hidden}")
    lab.world.settled(number)
    assert lab.run(number).results is Results.UNDELIVERED
    with pytest.raises(Refused, match=f"could not be delivered: .*get batch#{number} PATH"):
        look(lab.batch, number)
    run = lab.world.run(number)
    (run / "kept").rename(run / "tree/.git/objects")
    pull(lab, number)
    assert files(lab)["out"] == "1\n"


def test_the_newest_results_of_each_branch_are_chosen_and_the_others_named(lab: Lab) -> None:
    first = lab.finish("date +%N >out")
    again = lab.again(first)
    failed = lab.finish_on("exp", "echo 2 >out; exit 1")
    lab.finish_on("gone", "echo 3 >out")
    lab.world.git("checkout", "-q", "master")
    lab.world.git("branch", "-q", "-D", "gone")
    waits = waiting(lab.batch)
    chosen, others = waits.newest, waits.others
    assert [run.number for run in chosen] == [first]
    assert [run.number for run in others] == [4, failed, again]
    pull(lab, first)
    assert waiting(lab.batch).newest == ()
