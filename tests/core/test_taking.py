"""One of several results: instead of those that are here, or as a branch of its own."""

from __future__ import annotations

import pytest

from gitbatch_tui.core.results.arrival import Way
from gitbatch_tui.core.results.pull import bring, look
from gitbatch_tui.core.results.waiting import offer, waiting
from gitbatch_tui.errors import Conflict, Refused
from gitbatch_tui.models import Results
from tests.core.pulling import files, pull
from tests.lab import Lab, lab

__all__ = ["lab"]

JOB = """echo "$GITBATCH_RUN" >metrics
test "$GITBATCH_RUN" != 1 || echo x >plot
echo y >"own-$GITBATCH_RUN"
"""


def two_runs(lab: Lab) -> None:
    """Runs 1 and 2 of one commit, of which the first one has been pulled."""
    lab.finish(JOB)
    lab.again(1)
    pull(lab, 1)


def results(lab: Lab) -> dict[str, str]:
    return {name: text.strip() for name, text in files(lab).items() if "." not in name}


def test_a_run_s_results_are_used_instead_of_those_here(lab: Lab) -> None:
    two_runs(lab)
    before = lab.world.git("rev-parse", "HEAD")
    assert results(lab) == {"metrics": "1", "plot": "x", "own-1": "y"}
    with pytest.raises(Conflict, match="both change metrics"):
        pull(lab, 2, Way.MERGE)
    assert pull(lab, 2, Way.TAKE).done == "The results in master are those of batch#2 now."
    assert results(lab) == {"metrics": "2", "own-2": "y"}
    parents = lab.world.git("log", "-1", "--format=%P").split()
    assert parents == [before, lab.run(2).result]
    assert lab.run(2).results is Results.PULLED


def test_taking_the_first_one_back_brings_its_files_back(lab: Lab) -> None:
    two_runs(lab)
    pull(lab, 2, Way.TAKE)
    pull(lab, 1, Way.TAKE)
    assert results(lab) == {"metrics": "1", "plot": "x", "own-1": "y"}


def test_taking_results_leaves_what_was_committed_since(lab: Lab) -> None:
    two_runs(lab)
    lab.world.commit({"plot": "mine\n", "notes": "n\n"})
    pull(lab, 2, Way.TAKE)
    assert results(lab) == {"metrics": "2", "own-2": "y", "plot": "mine", "notes": "n"}


def test_taking_results_over_changes_that_are_not_committed_changes_nothing(lab: Lab) -> None:
    two_runs(lab)
    (lab.world.clone / "metrics").write_text("mine\n")
    head = lab.world.git("rev-parse", "HEAD")
    with pytest.raises(Conflict, match="metrics"):
        pull(lab, 2, Way.TAKE)
    assert (lab.world.git("rev-parse", "HEAD"), results(lab)["metrics"]) == (head, "mine")


def test_results_become_a_branch_of_their_own(lab: Lab) -> None:
    two_runs(lab)
    head = lab.world.git("rev-parse", "HEAD")
    arrival = look(lab.batch, 2)
    assert bring(arrival, Way.BRANCH).done == "The results of batch#2 are the branch batch-2."
    assert lab.world.git("rev-parse", "batch-2") == lab.run(2).result
    assert bring(arrival, Way.BRANCH, "lr/2").done.endswith("the branch lr/2.")
    assert lab.world.git("rev-parse", "HEAD") == head
    for name, why in (("master", "already"), ("a..b", "can't be"), ("-x", "can't be")):
        with pytest.raises(Refused, match=why):
            bring(arrival, Way.BRANCH, name)


def test_what_a_job_stashed_becomes_a_branch(lab: Lab) -> None:
    lab.finish("echo 1 >made; git add made; git stash -q")
    arrival = look(lab.batch, 1)
    assert bring(arrival).done == "batch#1 has succeeded and changed nothing on its branch."
    bring(arrival, Way.BRANCH)
    assert lab.world.git("show", "batch-1:made") == "1"
    assert lab.run(1).results is Results.ELSEWHERE


def test_of_several_results_of_one_commit_none_is_taken_for_all(lab: Lab) -> None:
    lab.finish(JOB)
    lab.again(1)
    waits = waiting(lab.batch)
    (newest,) = waits.newest
    alternatives = waits.alternatives(newest)
    assert [run.number for run in alternatives] == [2]
    commit = lab.run(1).commit[:7]
    assert offer(newest, alternatives) == (
        f"The results of 2 runs of {commit} wait: batch#1, batch#2. "
        "`gitbatch-tui pull RUN` brings one of them."
    )
