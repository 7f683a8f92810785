"""One of several results: instead of those that are here, or as a branch of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from gitbatch_tui.core.results.arrival import Way
from gitbatch_tui.core.results.pull import bring, look
from gitbatch_tui.core.results.waiting import offer, waiting
from gitbatch_tui.errors import Conflict, Refused
from gitbatch_tui.models import Results
from tests.support.pulling import files, pull

if TYPE_CHECKING:
    from tests.support.project import Project

JOB = """echo "$GITBATCH_RUN" >metrics
test "$GITBATCH_RUN" != 1 || echo x >plot
echo y >"own-$GITBATCH_RUN"
"""


def two_runs(project: Project) -> None:
    """Runs 1 and 2 of one commit, of which the first one has been pulled."""
    project.finish(JOB)
    project.again(1)
    pull(project, 1)


def results(project: Project) -> dict[str, str]:
    return {name: text.strip() for name, text in files(project).items() if "." not in name}


def test_a_run_s_results_are_used_instead_of_those_here(project: Project) -> None:
    two_runs(project)
    before = project.world.git("rev-parse", "HEAD")
    assert results(project) == {"metrics": "1", "plot": "x", "own-1": "y"}
    with pytest.raises(Conflict, match="both change metrics"):
        pull(project, 2, Way.MERGE)
    assert pull(project, 2, Way.TAKE).done == "The results in master are those of batch#2 now."
    assert results(project) == {"metrics": "2", "own-2": "y"}
    parents = project.world.git("log", "-1", "--format=%P").split()
    assert parents == [before, project.run(2).result]
    assert project.run(2).results is Results.PULLED


def test_taking_the_first_one_back_brings_its_files_back(project: Project) -> None:
    two_runs(project)
    pull(project, 2, Way.TAKE)
    pull(project, 1, Way.TAKE)
    assert results(project) == {"metrics": "1", "plot": "x", "own-1": "y"}


def test_taking_results_leaves_what_was_committed_since(project: Project) -> None:
    two_runs(project)
    project.world.commit({"plot": "mine\n", "notes": "n\n"})
    pull(project, 2, Way.TAKE)
    assert results(project) == {"metrics": "2", "own-2": "y", "plot": "mine", "notes": "n"}


def test_taking_results_over_changes_that_are_not_committed_changes_nothing(
    project: Project,
) -> None:
    two_runs(project)
    (project.world.clone / "metrics").write_text("mine\n")
    head = project.world.git("rev-parse", "HEAD")
    with pytest.raises(Conflict, match="metrics"):
        pull(project, 2, Way.TAKE)
    assert (project.world.git("rev-parse", "HEAD"), results(project)["metrics"]) == (head, "mine")


def test_results_become_a_branch_of_their_own(project: Project) -> None:
    two_runs(project)
    head = project.world.git("rev-parse", "HEAD")
    arrival = look(project.batch, 2)
    assert bring(arrival, Way.BRANCH).done == "The results of batch#2 are the branch batch-2."
    assert project.world.git("rev-parse", "batch-2") == project.run(2).result
    assert bring(arrival, Way.BRANCH, "lr/2").done.endswith("the branch lr/2.")
    assert project.world.git("rev-parse", "HEAD") == head
    for name, why in (("master", "already"), ("a..b", "can't be"), ("-x", "can't be")):
        with pytest.raises(Refused, match=why):
            bring(arrival, Way.BRANCH, name)


def test_what_a_job_stashed_becomes_a_branch(project: Project) -> None:
    project.finish("echo 1 >made; git add made; git stash -q")
    arrival = look(project.batch, 1)
    assert bring(arrival).done == "batch#1 has succeeded and changed nothing on its branch."
    bring(arrival, Way.BRANCH)
    assert project.world.git("show", "batch-1:made") == "1"
    assert project.run(1).results is Results.ELSEWHERE


def test_of_several_results_of_one_commit_none_is_taken_for_all(project: Project) -> None:
    project.finish(JOB)
    project.again(1)
    waits = waiting(project.batch)
    (newest,) = waits.newest
    alternatives = waits.alternatives(newest)
    assert [run.number for run in alternatives] == [2]
    commit = project.run(1).commit[:7]
    assert offer(newest, alternatives) == (
        f"2 runs of {commit} have results that aren't pulled: batch#1, batch#2. "
        "`gitbatch-tui pull RUN` brings one of them."
    )
