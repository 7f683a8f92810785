"""Jobs that HTCondor ends and begins again, with our wrapper around them."""

from __future__ import annotations

import signal
import subprocess
from typing import TYPE_CHECKING

from tests.support.waiting import wait_until

if TYPE_CHECKING:
    from tests.support.worlds import World

UNTIL_GO = "echo $$ >../began; until test -e ../go; do sleep 0.1; done"
NAMED = '#!/bin/sh\n"$GITBATCH" job htcondor 7\n'


def start(world: World, run: int, attempt: str) -> subprocess.Popen[bytes]:
    """The wrapper, as HTCondor starts it."""
    ad = world.run(run) / "job.ad"
    ad.write_text("ClusterId = 7\nProcId = 0\n")
    env = {"_CONDOR_SLOT": "slot1_1", "_CONDOR_JOB_AD": str(ad), "_CONDOR_SCRATCH_DIR": attempt}
    return subprocess.Popen(
        [world.repo / "gitbatch/gitbatch", "run", "./run.sh"],
        env=world.env | env | {"GITBATCH_RUN_DIR": str(world.run(run))},
        cwd=world.run(run) / "tree",
        start_new_session=True,
    )


def begun(world: World, run: int, attempt: str) -> None:
    wait_until(lambda: world.facts(run, "started").get("attempt") == attempt.rpartition("/")[2])
    # Before its command runs, the wrapper doesn't listen to signals.
    wait_until((world.run(run) / "began").exists)


def submit(world: World, job: str) -> int:
    return world.submit({"schedule.sh": NAMED, "run.sh": f"#!/bin/sh\n{job}\n"})


def test_a_job_that_was_taken_off_its_machine_is_not_over(each_shell: World) -> None:
    world = each_shell
    run = submit(world, f"{UNTIL_GO}\necho 1 >result")
    first = start(world, run, "/scratch/dir_1")
    begun(world, run, "/scratch/dir_1")
    assert world.facts(run, "started")["job"] == "htcondor 7.0"
    first.send_signal(signal.SIGTERM)
    first.wait(20)
    status = world.status(run)
    assert (status["state"], status["ended"]) == ("unknown", "no")
    assert "htcondor has to be asked" in status["reason"]
    second = start(world, run, "/scratch/dir_2")
    begun(world, run, "/scratch/dir_2")
    assert world.status(run)["state"] == "running"
    (world.run(run) / "go").touch()
    assert second.wait(20) == 0
    facts = world.settled(run)
    assert (facts["state"], facts["jobs"]) == ("succeeded", "1")
    assert world.bare("show", "master:result") == "1"


def test_a_job_that_is_tried_again_counts_as_it_ended_last(world: World) -> None:
    run = submit(world, "test -e ../go")
    assert start(world, run, "/scratch/dir_1").wait(20) == 1
    assert world.settled(run)["state"] == "failed"
    (world.run(run) / "go").touch()
    assert start(world, run, "/scratch/dir_2").wait(20) == 0
    assert world.settled(run)["state"] == "succeeded"
    assert world.facts(run, "started.2") == {}


def test_a_job_may_call_the_wrapper_twice(world: World) -> None:
    run = submit(world, "test -e ../go")
    assert start(world, run, "/scratch/dir_1").wait(20) == 1
    (world.run(run) / "go").touch()
    assert start(world, run, "/scratch/dir_1").wait(20) == 0
    facts = world.settled(run)
    assert (facts["state"], facts["exit"], facts["jobs"]) == ("failed", "1", "1")


def test_a_job_that_was_cancelled_is_over(world: World) -> None:
    run = submit(world, UNTIL_GO)
    job = start(world, run, "/scratch/dir_1")
    begun(world, run, "/scratch/dir_1")
    assert world.gitbatch("cancel", "--mark", str(run)).status == 0
    job.send_signal(signal.SIGTERM)
    job.wait(20)
    assert world.settled(run)["state"] == "cancelled"
