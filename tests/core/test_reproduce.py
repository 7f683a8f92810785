"""Reproducing runs: the same commit again, compared, and the verdict kept in the history."""

from __future__ import annotations

import resource
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from gitbatch_tui.core.batch.batch import Batch
from gitbatch_tui.core.compare.numbers import Tolerance
from gitbatch_tui.core.runs.wait import wait
from gitbatch_tui.core.verify.reproduce import Reproduction, Trial, begin, conclude, summary
from gitbatch_tui.errors import CommandFailed, Refused
from gitbatch_tui.models import Badge
from tests.support.worlds import JOB_OF_ITS_OWN

if TYPE_CHECKING:
    from gitbatch_tui.models import Finding
    from tests.support.project import Project

RANDOM = "head -c 8 /dev/urandom | od -An -tx1 >noise.txt"


def trial(project: Project, number: int = 1, remote: str = "batch", tolerance: float = 0) -> Trial:
    there = Batch(project.clone, project.hosts, project.clone.batch_remote(remote))
    return Trial(project.batch, project.run(number), there, Tolerance(tolerance))


def reproduce(trial: Trial) -> Reproduction:
    number = begin(trial, lambda _: None).run
    wait(trial.there.server, number)
    return conclude(trial, number, lambda _: None)


def finding(project: Project, number: int = 1) -> Finding:
    return project.run(number).findings[0]


def test_what_comes_out_the_same_is_recorded_as_reproduced(project: Project) -> None:
    project.finish("echo 1 >out")
    done = reproduce(trial(project))
    assert done.holds
    assert done.files == ()
    assert summary(done) == "batch#2 reproduces batch#1: the results are identical."
    assert project.run(1).badge is Badge.REPRODUCED
    assert (finding(project).by, finding(project).differs) == ("2", ())
    assert project.states() == {1: "succeeded", 2: "succeeded"}
    assert project.world.gitbatch("check").output == "ok\n"


def test_what_was_left_out_of_the_results_is_not_called_identical(project: Project) -> None:
    project.finish("echo 1 >out; head -c 8 /dev/urandom >id_rsa")
    done = reproduce(trial(project))
    assert done.holds
    same = "batch#2 reproduces batch#1: the results are identical in what could be compared."
    assert summary(done) == same
    assert [warning.split(":")[0] for warning in done.warnings] == ["batch#1", "batch#2"]
    assert all("id_rsa" in warning for warning in done.warnings)


def test_what_differs_is_named_there_and_what_may_differ_too(project: Project) -> None:
    project.finish(f"{RANDOM}; cp noise.txt time", __gitattributes="time gitbatch-volatile\n")
    done = reproduce(trial(project))
    assert not done.holds
    assert [(file.path, str(file.likeness)) for file in done.files] == [
        ("noise.txt", "differs"),
        ("time", "volatile"),
    ]
    assert project.run(1).badge is Badge.DIFFERS
    assert (finding(project).differs, finding(project).volatile) == (("noise.txt",), ("time",))


def test_numbers_may_be_apart_by_the_tolerance(project: Project) -> None:
    project.finish('printf \'{"loss": 1.00%d}\' "$GITBATCH_RUN" >metrics.json')
    assert not reproduce(trial(project)).holds
    assert reproduce(trial(project, tolerance=0.01)).holds
    assert (finding(project).badge, finding(project).tolerance) == (Badge.REPRODUCED, "0.01")


def test_the_parameters_are_those_of_the_first_run(project: Project) -> None:
    project.world.commit(
        {"schedule.sh": JOB_OF_ITS_OWN, "run.sh": "#!/bin/sh\necho $GITBATCH_OPTION_lr >out\n"}
    )
    project.world.push(options=["lr=0.1"])
    project.world.settled(1)
    done = reproduce(trial(project))
    assert done.holds
    assert done.again.options == ("lr=0.1",)


def test_a_run_that_ends_otherwise_differs(project: Project) -> None:
    project.finish('echo 1 >out; test "$GITBATCH_RUN" = 1')
    done = reproduce(trial(project))
    ends = "batch#2 failed with exit status 1, where batch#1 succeeded with exit status 0"
    assert done.other_end == ends
    assert finding(project).differs == (ends,)


def test_a_failure_can_be_reproduced(project: Project) -> None:
    project.finish("echo 1 >out; exit 3")
    assert reproduce(trial(project)).holds


def test_another_batch_remote_runs_the_same_commit_every_time(project: Project) -> None:
    number = project.finish(
        "echo 1 >out; echo $GITBATCH_BRANCH >branch", __gitattributes="branch gitbatch-volatile\n"
    )
    other = project.world.root / "other"
    project.world.call(project.world.sh, project.world.hooks() / "install", other)
    project.world.git("remote", "add", "other", str(other / "repo.git"))
    project.world.git("config", "remote.other.gitbatch", str(other))
    for _ in range(2):
        done = reproduce(trial(project, remote="other"))
        assert done.holds
        assert done.again.remote == "other"
        assert done.again.commit == project.run(number).commit
    assert finding(project).by == f"2 of {other}"
    assert project.world.git("branch", "--list", "reproduce-*") == ""


def test_findings_about_results_that_were_replaced_do_not_count(project: Project) -> None:
    project.finish("echo 1 >out")
    reproduce(trial(project))
    run = project.run(1)
    stale = replace(run.findings[0], result="0" * 40)
    assert run.findings[0].result == run.result
    assert stale not in run.findings
    tree = project.world.run(1) / "tree"
    project.world.git("commit", "-q", "--allow-empty", "-m", "more", at=tree)
    (project.world.run(1) / "settled").unlink()
    project.world.gitbatch("settle", "1")
    assert project.run(1).result != run.result
    assert project.run(1).findings == ()


def test_a_clone_that_takes_nothing_more_starts_nothing(project: Project) -> None:
    project.finish("echo 1 >out")
    again = trial(project)
    project.world.git("fetch", "-q", "batch", again.run.result)
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (2**19, before[1]))
    try:
        with pytest.raises(Refused, match="Nothing can be stored in this clone: File too large"):
            begin(again, lambda _: None)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert set(project.states()) == {1}


def test_a_run_whose_results_cannot_be_had_is_not_started_again(project: Project) -> None:
    project.finish("echo 1 >out")
    gone = replace(project.run(1), result="1" * 40)
    again = replace(trial(project), run=gone)
    with pytest.raises(CommandFailed, match="could not be fetched"):
        begin(again, lambda _: None)
    assert set(project.states()) == {1}


def test_a_run_that_was_cancelled_can_not_be_reproduced(project: Project) -> None:
    number = project.begin("while :; do sleep 0.05; done")
    project.world.gitbatch("cancel", str(number))
    project.world.settled(number)
    with pytest.raises(Refused, match=r"batch#1 is cancelled .*: there is nothing to compare"):
        begin(trial(project), lambda _: None)


def test_another_commit_is_no_repetition(project: Project) -> None:
    project.finish("echo 1 >out")
    project.finish_on("other", "echo 2 >out")
    for number in (1, 2):
        with pytest.raises(Refused, match="no repetition of batch#1"):
            conclude(trial(project), number, lambda _: None)
    assert project.run(1).findings == ()
