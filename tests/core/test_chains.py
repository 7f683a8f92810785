"""Chains and arrays as clusters' manuals write them, on the real Slurm."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from gitbatch_tui.core.jobs.hold import toggle_hold
from gitbatch_tui.core.runs.record_files import tasks_of
from gitbatch_tui.core.runs.wait import wait
from gitbatch_tui.models import State
from tests.support.cancelling import cancel
from tests.support.slurm_runs import PATIENCE, UNTIL_GO, at_site, go, until
from tests.support.waiting import wait_until

if TYPE_CHECKING:
    from gitbatch_tui.models import LiveRun
    from tests.support.project import Project
    from tests.support.servers.slurm import Slurm

pytestmark = pytest.mark.timeout(180)

# Ids are kept in variables, and nothing is printed.
CHAIN = """#!/bin/sh
set -e
one=$(sbatch --parsable -J one {} --wrap '"$GITBATCH" run ./one.sh')
two=$(sbatch --parsable -J two -d afterok:"$one" --wrap '"$GITBATCH" run ./two.sh')
sbatch --parsable -J three -d afterok:"$two" --wrap '"$GITBATCH" run ./two.sh' >/dev/null
"""
TWO = "#!/bin/sh\necho more >>results.txt\n"


@pytest.fixture
def cluster(slurm: Slurm, project: Project, monkeypatch: pytest.MonkeyPatch) -> Slurm:
    return at_site(slurm, project, monkeypatch)


def chain(project: Project, one: str, options: str = "") -> int:
    files = {"schedule.sh": CHAIN.format(options), "one.sh": one, "two.sh": TWO}
    return project.world.submit(files)


@pytest.mark.usefixtures("cluster")
def test_a_chain_is_over_with_its_last_job_and_tells_of_each(project: Project) -> None:
    number = chain(project, UNTIL_GO.format("go") + "echo first >results.txt\n")
    run = until(project, number, State.RUNNING, "2 queued, 1 running")
    assert [task.name for task in run.tasks] == ["one", "two", "three"]
    go(project, number)
    assert project.world.settled(number, PATIENCE)["state"] == "succeeded"
    assert project.world.bare("show", "master:results.txt") == "first\nmore\nmore\n".rstrip()
    tasks = tasks_of(project.clone, project.run(number))
    assert [task.exit for task in tasks] == [0, 0, 0]


def test_a_chain_whose_first_job_fails_is_stuck_and_cancelling_removes_the_rest(
    project: Project, cluster: Slurm
) -> None:
    number = chain(project, "#!/bin/sh\nexit 3\n")
    seen: list[LiveRun] = []
    end = wait(project.server, number, seen.append)
    assert not end.state.final
    assert "can never begin" in end.stuck
    left = [task.job for task in end.tasks if not task.state.final]
    assert len(left) == len(end.tasks) - 1 == 2
    done = cancel(project.server, number)
    assert done.complete
    assert done.stopped == [str(job) for job in left]
    wait_until(lambda: not cluster.call("squeue", "-h", "-a"), PATIENCE)
    assert until(project, number, State.CANCELLED).exit == 3  # that of the first


def test_cancelling_a_chain_stops_all_of_it(project: Project, cluster: Slurm) -> None:
    number = chain(project, UNTIL_GO.format("go"))
    until(project, number, State.RUNNING, "2 queued, 1 running")
    done = cancel(project.server, number)
    assert done.complete
    assert len(done.stopped) + len(done.ending) == 3  # jobs of the chain
    wait_until(lambda: not cluster.call("squeue", "-h", "-a"), PATIENCE)
    until(project, number, State.CANCELLED)


@pytest.mark.usefixtures("cluster")
def test_a_chain_that_is_held_is_told_so(project: Project) -> None:
    number = chain(project, "#!/bin/sh\n", options="--hold")
    run = until(project, number, State.QUEUED)
    assert not run.held, "the others wait for it, and are not held"
    toggle_hold(project.server, number)
    wait_until(lambda: project.run(number).held, PATIENCE)
    cancel(project.server, number)


WAITS = """#!/bin/sh
sbatch --wait --wrap '"$GITBATCH" run ./run.sh'
"""


@pytest.mark.usefixtures("cluster")
def test_a_schedule_script_that_waits_for_its_job_ends_as_that_does(project: Project) -> None:
    project.world.commit({"schedule.sh": WAITS, "run.sh": "#!/bin/sh\nexit 7\n"})
    answer = project.world.push()
    (receipt,) = answer.receipts
    assert receipt.state == "submitted", answer.output
    waited = "gitbatch: schedule.sh ended with exit status 7, as did a job that it waited for"
    assert waited in answer.lines
    facts = project.world.settled(receipt.run, PATIENCE)
    assert (facts["state"], facts["exit"]) == ("failed", "7")
