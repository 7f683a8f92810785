"""Reproducing runs: the same commit again, compared, and the verdict kept in the history."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from gitbatch_tui.core.batch.batch import Batch
from gitbatch_tui.core.compare.numbers import Tolerance
from gitbatch_tui.core.runs.wait import wait
from gitbatch_tui.core.verify.reproduce import Reproduction, Trial, begin, conclude, summary
from gitbatch_tui.errors import Refused
from gitbatch_tui.models import Badge
from tests.hooks.world import JOB_OF_ITS_OWN
from tests.lab import Lab, lab

if TYPE_CHECKING:
    from gitbatch_tui.models import Finding

__all__ = ["lab"]

RANDOM = "head -c 8 /dev/urandom | od -An -tx1 >noise.txt"


def trial(lab: Lab, number: int = 1, remote: str = "batch", tolerance: float = 0) -> Trial:
    there = Batch(lab.clone, lab.hosts, lab.clone.batch_remote(remote))
    return Trial(lab.batch, lab.run(number), there, Tolerance(tolerance))


def reproduce(trial: Trial) -> Reproduction:
    number = begin(trial, lambda _: None).run
    wait(trial.there.server, number)
    return conclude(trial, number, lambda _: None)


def finding(lab: Lab, number: int = 1) -> Finding:
    return lab.run(number).findings[0]


def test_what_comes_out_the_same_is_recorded_as_reproduced(lab: Lab) -> None:
    lab.finish("echo 1 >out")
    done = reproduce(trial(lab))
    assert done.holds
    assert done.files == ()
    assert summary(done) == "batch#2 reproduces batch#1: the results are identical."
    assert lab.run(1).badge is Badge.REPRODUCED
    assert (finding(lab).by, finding(lab).differs) == ("2", ())
    assert lab.states() == {1: "succeeded", 2: "succeeded"}
    assert lab.world.gitbatch("check").output == "ok\n"


def test_what_differs_is_named_there_and_what_may_differ_too(lab: Lab) -> None:
    lab.finish(f"{RANDOM}; cp noise.txt time", __gitattributes="time gitbatch-volatile\n")
    done = reproduce(trial(lab))
    assert not done.holds
    assert [(file.path, str(file.likeness)) for file in done.files] == [
        ("noise.txt", "differs"),
        ("time", "volatile"),
    ]
    assert lab.run(1).badge is Badge.DIFFERS
    assert (finding(lab).differs, finding(lab).volatile) == (("noise.txt",), ("time",))


def test_numbers_may_be_apart_by_the_tolerance(lab: Lab) -> None:
    lab.finish('printf \'{"loss": 1.00%d}\' "$GITBATCH_RUN" >metrics.json')
    assert not reproduce(trial(lab)).holds
    assert reproduce(trial(lab, tolerance=0.01)).holds
    assert (finding(lab).badge, finding(lab).tolerance) == (Badge.REPRODUCED, "0.01")


def test_the_parameters_are_those_of_the_first_run(lab: Lab) -> None:
    lab.world.commit(
        {"schedule.sh": JOB_OF_ITS_OWN, "run.sh": "#!/bin/sh\necho $GITBATCH_OPTION_lr >out\n"}
    )
    lab.world.push(options=["lr=0.1"])
    lab.world.settled(1)
    done = reproduce(trial(lab))
    assert done.holds
    assert done.again.options == ("lr=0.1",)


def test_a_run_that_ends_otherwise_differs(lab: Lab) -> None:
    lab.finish('echo 1 >out; test "$GITBATCH_RUN" = 1')
    done = reproduce(trial(lab))
    ends = "batch#2 failed with exit status 1, where batch#1 succeeded with exit status 0"
    assert done.other_end == ends
    assert finding(lab).differs == (ends,)


def test_a_failure_can_be_reproduced(lab: Lab) -> None:
    lab.finish("echo 1 >out; exit 3")
    assert reproduce(trial(lab)).holds


def test_another_batch_remote_runs_the_same_commit_every_time(lab: Lab) -> None:
    number = lab.finish(
        "echo 1 >out; echo $GITBATCH_BRANCH >branch", __gitattributes="branch gitbatch-volatile\n"
    )
    other = lab.world.root / "other"
    lab.world.call(lab.world.sh, lab.world.hooks() / "install", other)
    lab.world.git("remote", "add", "other", str(other / "repo.git"))
    lab.world.git("config", "remote.other.gitbatch", str(other))
    for _ in range(2):
        done = reproduce(trial(lab, remote="other"))
        assert done.holds
        assert done.again.remote == "other"
        assert done.again.commit == lab.run(number).commit
    assert finding(lab).by == f"2 of {other}"
    assert lab.world.git("branch", "--list", "reproduce-*") == ""


def test_findings_about_results_that_were_replaced_do_not_count(lab: Lab) -> None:
    lab.finish("echo 1 >out")
    reproduce(trial(lab))
    run = lab.run(1)
    stale = replace(run.findings[0], result="0" * 40)
    assert run.findings[0].result == run.result
    assert stale not in run.findings
    tree = lab.world.run(1) / "tree"
    lab.world.git("commit", "-q", "--allow-empty", "-m", "more", at=tree)
    (lab.world.run(1) / "settled").unlink()
    lab.world.gitbatch("settle", "1")
    assert lab.run(1).result != run.result
    assert lab.run(1).findings == ()


def test_a_run_that_was_cancelled_can_not_be_reproduced(lab: Lab) -> None:
    number = lab.begin("while :; do sleep 0.05; done")
    lab.world.gitbatch("cancel", str(number))
    lab.world.settled(number)
    with pytest.raises(Refused, match=r"batch#1 is cancelled .*: there is nothing to compare"):
        begin(trial(lab), lambda _: None)


def test_another_commit_is_no_repetition(lab: Lab) -> None:
    lab.finish("echo 1 >out")
    lab.finish_on("other", "echo 2 >out")
    for number in (1, 2):
        with pytest.raises(Refused, match="no repetition of batch#1"):
            conclude(trial(lab), number, lambda _: None)
    assert lab.run(1).findings == ()
