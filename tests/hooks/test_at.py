"""Jobs of the real at: scripts of the ancestor's shape, and ours, which are shorter."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.invariants import is_alive
from tests.support.waiting import wait_until

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.worlds import World

pytestmark = pytest.mark.usefixtures("atd")

OLD_SCHEDULE = """\
#!/bin/sh
set -e
export LOG={log}
echo "view log with:  tail -f" $LOG
echo "./run.sh >> $LOG 2>&1 " | at now
"""
OLD_RUN = """\
#!/bin/bash
set -e
date +%s%N >>numbers

GIT=$(which git)
unset GIT_DIR
${GIT} add --all .
${GIT} commit -m "done!"

branch=$(${GIT} rev-parse --abbrev-ref HEAD)
${GIT} checkout master
${GIT} reset --hard $branch
"""
SHORT_SCHEDULE = """#!/bin/sh\necho '"$GITBATCH" run ./run.sh' | at now\n"""


@pytest.fixture
def elsewhere(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder for what a job does outside of its tree."""
    return tmp_path_factory.mktemp("elsewhere")


def test_scripts_of_the_old_shape_pushed_three_times_give_three_results(
    world: World, elsewhere: Path
) -> None:
    world.commit(
        {"schedule.sh": OLD_SCHEDULE.format(log=elsewhere / "at.log"), "run.sh": OLD_RUN},
        branch="master",
    )
    results = []
    for count in (1, 2, 3):
        run = world.push("master").run
        wait_until(lambda run=run: world.facts(run, "delivered"), 20, "the results")  # type: ignore[misc]  # bound now
        status = world.status(run)
        assert status["ended"] == "no", "only at knows whether it goes on"
        assert world.tell(run, f"job={status['job']}\tstate=absent").status == 0
        facts = world.settled(run)
        assert (facts["state"], facts["place"]) == ("succeeded", "master")
        results.append(facts["result"])
        world.git("pull", "-q", "--ff-only", "batch", "master")
        assert len((world.clone / "numbers").read_text().splitlines()) == count
        world.commit({"notes": f"{count}\n"})
    assert len(set(results)) == 3


def test_a_job_of_at_is_run_settled_and_pulled(world: World) -> None:
    run = world.submit(
        {"schedule.sh": SHORT_SCHEDULE, "run.sh": "#!/bin/sh\necho 42\necho 42 >answer\n"}
    )
    facts = world.settled(run)
    assert (facts["state"], facts["exit"]) == ("succeeded", "0")
    assert (world.run(run) / "log").read_text() == "42\n"
    world.git("pull", "-q", "batch", "master")
    assert (world.clone / "answer").read_text() == "42\n"


def test_a_job_of_at_that_fails_keeps_its_status_and_moves_no_branch(world: World) -> None:
    commit = world.commit(
        {"schedule.sh": SHORT_SCHEDULE, "run.sh": "#!/bin/sh\necho half >answer\nexit 3\n"}
    )
    run = world.push().run
    facts = world.settled(run)
    assert (facts["state"], facts["exit"]) == ("failed", "3")
    assert world.bare("show", f"{facts['result']}:answer") == "half"
    assert world.tip("master") == commit


def test_cancelling_a_running_job_of_at_ends_all_its_processes(
    world: World, elsewhere: Path
) -> None:
    pids = elsewhere / "pids"
    run = world.submit(
        {
            "schedule.sh": SHORT_SCHEDULE,
            "run.sh": f"#!/bin/sh\nsleep 600 &\necho $! >{pids}.new\nmv {pids}.new {pids}\nwait\n",
        }
    )
    wait_until(pids.exists, 20, "the job to run")
    assert world.gitbatch("cancel", str(run)).status == 0
    assert world.settled(run)["state"] == "cancelled"
    assert not is_alive(pids.read_text().strip())


def test_a_job_of_at_that_was_cancelled_while_it_waited_never_begins(
    world: World, elsewhere: Path
) -> None:
    mark = elsewhere / "began"
    run = world.submit(
        {
            "schedule.sh": "#!/bin/sh\n"
            """echo 'while test ! -e ../go; do sleep 0.1; done; "$GITBATCH" run ./run.sh """
            """; touch ../over' | at now\n""",
            "run.sh": f"#!/bin/sh\ntouch {mark}\n",
        }
    )
    answer = world.gitbatch("cancel", str(run))
    assert (answer.status, world.status(run)["ended"]) == (3, "no"), "only at can stop it"
    (world.run(run) / "go").touch()
    wait_until((world.run(run) / "over").exists, 20, "at's own script to end")
    assert not mark.exists()
    assert world.settled(run)["state"] == "cancelled"
