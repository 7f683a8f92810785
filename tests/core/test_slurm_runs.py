"""Runs whose jobs the real Slurm has."""

from __future__ import annotations

import os
import signal
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from gitbatch_tui.core.batch.batch import Batch
from gitbatch_tui.core.jobs.hold import hold, release
from gitbatch_tui.core.runs.record_files import tasks_of
from gitbatch_tui.core.runs.wait import wait
from gitbatch_tui.core.schedulers.slurm import Slurm as Adapter
from gitbatch_tui.core.server import submissions
from gitbatch_tui.core.setup.templates import write_templates
from gitbatch_tui.core.verify.reproduce import Trial, begin, conclude
from gitbatch_tui.errors import Refused
from gitbatch_tui.models import Badge, Job, State
from tests.support.cancelling import cancel
from tests.support.slurm_runs import PATIENCE, UNTIL_GO, at_site, go, until
from tests.support.waiting import wait_until

if TYPE_CHECKING:
    from tests.support.project import Project
    from tests.support.servers.slurm import Slurm
    from tests.support.servers.sshd import Sshd

pytestmark = pytest.mark.timeout(180)

PLAIN = "#!/bin/sh\nsbatch {} run.sh\n"
WRAPPED = """#!/bin/sh
sbatch {} --wrap='"$GITBATCH" run ./run.sh'
"""


@pytest.fixture
def cluster(slurm: Slurm, project: Project, monkeypatch: pytest.MonkeyPatch) -> Slurm:
    """Slurm, as the batch remote's site has it: known by BASE/profile alone."""
    return at_site(slurm, project, monkeypatch)


@pytest.fixture
def accounting(
    slurm_with_accounting: Slurm, project: Project, monkeypatch: pytest.MonkeyPatch
) -> Slurm:
    return at_site(slurm_with_accounting, project, monkeypatch)


def submit(project: Project, schedule: str, run: str = "#!/bin/sh\n", options: str = "") -> int:
    return project.world.submit({"schedule.sh": schedule.format(options), "run.sh": run})


def test_a_job_with_the_wrapper_is_followed_from_the_queue_to_its_results(
    project: Project, cluster: Slurm
) -> None:
    write_templates(project.world.clone, "slurm")
    job = UNTIL_GO.format("../go") + "echo made it\nhostname >out.txt\n"
    number = project.world.submit({"run.sh": job})
    run = until(project, number, State.RUNNING)
    assert run.job == Job("slurm", cluster.newest())
    (project.world.run(number) / "go").touch()
    facts = project.world.settled(number, PATIENCE)
    assert (facts["state"], facts["exit"], facts["results"]) == ("succeeded", "0", "delivered")
    assert project.server.files.read(number) == b"made it\n"
    assert project.world.bare("show", "--stat", "--format=", "master").startswith(" out.txt")


@pytest.mark.usefixtures("cluster")
def test_what_tells_of_the_end_is_not_ended_with_the_job(project: Project) -> None:
    # Slurm kills what a job leaves behind.
    told = project.world.base / "told"
    text = f'#!/bin/sh\nsleep 2\necho "$GITBATCH_STATE" >{told}.new\nmv {told}.new {told}\n'
    project.world.script(project.world.base / "on-end", text)
    submit(project, WRAPPED)
    wait_until(told.exists, PATIENCE, "BASE/on-end")
    assert told.read_text() == "succeeded\n"


@pytest.mark.usefixtures("cluster")
def test_a_plain_script_without_the_wrapper_is_settled_from_outside(project: Project) -> None:
    job = UNTIL_GO.format("go") + "echo said; echo made >out.txt\n"
    number = submit(project, PLAIN, job)
    until(project, number, State.RUNNING)
    go(project, number)
    run = until(project, number, State.SUCCEEDED)
    assert run.exit == 0
    assert project.world.settled(number)["results"] == "delivered"
    assert project.world.bare("show", "master:out.txt") == "made"
    (page,) = [page for page in project.server.files.pages(number) if page.name == "stdout"]
    assert project.server.files.read(number, page.file) == b"said\n"


@pytest.mark.parametrize(
    ("job", "status", "reason"),
    [
        ("exit 3", 3, "exit status 3"),
        ("kill -9 $$", None, "killed by signal 9 (KILL)"),
        ("kill -15 $$", None, "killed by signal 15 (TERM)"),
    ],
)
@pytest.mark.usefixtures("cluster")
def test_a_plain_job_that_fails_says_how(
    project: Project, job: str, status: int | None, reason: str
) -> None:
    number = submit(project, PLAIN, f"#!/bin/sh\necho half >out.txt\n{job}\n")
    run = until(project, number, State.FAILED)
    assert (run.exit, run.reason) == (status, reason)
    assert project.world.settled(number)["state"] == "failed"


@pytest.mark.usefixtures("cluster")
def test_a_job_without_its_variables_says_what_may_be_missing(project: Project) -> None:
    number = submit(project, WRAPPED, options="--export=NONE")
    words = "exit status 127: a command in it could not be run; $GITBATCH is empty where"
    assert until(project, number, State.FAILED, words).exit == 127
    filled_in = """#!/bin/sh\nsbatch --export=NONE --wrap="'$GITBATCH' run true"\n"""
    until(project, submit(project, filled_in), State.SUCCEEDED)


@pytest.mark.usefixtures("cluster")
def test_a_job_whose_output_can_not_be_written_says_so(project: Project) -> None:
    number = submit(project, PLAIN, options="-o /no/such/folder/out")
    until(project, number, State.FAILED, "can the file for its output be written?")


WAITS = {
    "-n 99": "asks for more than the cluster has: will never start",
    "-H": "held by you",
    "--begin=now+1hour": "begins at 20",
    "-p closed": "its partition takes no jobs now",
    "-d afterany:{}": "waits for job {}",
    "-n 2": "waits for 2 CPUs",
    "-a 1-3%1 -n 2": "3 queued",
}


def test_why_a_job_waits_is_told_and_it_can_be_cancelled(project: Project, cluster: Slurm) -> None:
    other = cluster.call("sbatch", "--parsable", "--wrap", "sleep 600")
    wait_until(lambda: cluster.state(other) == "RUNNING", PATIENCE)
    for options, reason in WAITS.items():
        number = submit(project, PLAIN, options=options.format(other))
        run = until(project, number, State.QUEUED, reason.format(other))
        assert run.job == Job("slurm", cluster.newest())
        assert cancel(project.server, number).complete
        assert project.world.settled(number)["state"] == "cancelled"
        wait_until(lambda: not cluster.alive(cluster.newest()), PATIENCE)
        project.world.commit({})


def test_what_waits_for_a_job_that_failed_will_never_start(
    project: Project, cluster: Slurm
) -> None:
    other = cluster.call("sbatch", "--parsable", "--wrap", "exit 1")
    number = submit(project, PLAIN, options=f"-d afterok:{other}")
    until(project, number, State.QUEUED, "will never start")


@pytest.mark.usefixtures("cluster")
@pytest.mark.parametrize(
    ("first", "depends", "state"),
    [
        ("true", "afternotok", State.SUCCEEDED),
        ("false", "afterok", State.FAILED),
    ],
)
def test_what_slurm_takes_off_its_queue_makes_no_run_cancelled_by_itself(
    project: Project, first: str, depends: str, state: State
) -> None:
    chain = f"""#!/bin/sh
a=$(sbatch --parsable --wrap='"$GITBATCH" run {first}')
sbatch --dependency={depends}:$a --kill-on-invalid-dep=yes --wrap=true
"""
    until(project, submit(project, chain), state)


def test_a_waiting_job_is_held_and_released(project: Project, cluster: Slurm) -> None:
    number = submit(project, PLAIN, options="--begin=now+1hour")
    until(project, number, State.QUEUED, "begins at")
    hold(project.server, number)
    until(project, number, State.QUEUED, "held by you")
    assert cluster.state(cluster.newest()) == "PENDING"
    release(project.server, number)
    until(project, number, State.QUEUED, "begins at")


@pytest.mark.usefixtures("cluster")
def test_a_running_job_can_not_be_held(project: Project) -> None:
    number = submit(project, PLAIN, UNTIL_GO.format("go"))
    until(project, number, State.RUNNING)
    with pytest.raises(Refused, match="nothing to hold"):
        hold(project.server, number)
    go(project, number)
    until(project, number, State.SUCCEEDED)


@pytest.mark.parametrize("schedule", [PLAIN, WRAPPED], ids=["plain", "wrapped"])
def test_a_running_job_is_cancelled(project: Project, cluster: Slurm, schedule: str) -> None:
    number = submit(project, schedule, "#!/bin/sh\ntouch begun\nsleep 600\n")
    until(project, number, State.RUNNING)
    wait_until((project.world.run(number) / "tree/begun").exists, PATIENCE)
    assert cancel(project.server, number).complete
    run = until(project, number, State.CANCELLED)
    assert run.exit in (None, 143)
    wait_until(lambda: not cluster.alive(cluster.newest()), PATIENCE)


def test_a_job_that_was_cancelled_with_scancel_says_so(project: Project, cluster: Slurm) -> None:
    number = submit(project, PLAIN, UNTIL_GO.format("go"))
    until(project, number, State.RUNNING)
    cluster.call("scancel", cluster.newest())
    until(project, number, State.CANCELLED)
    number = submit(project, WRAPPED, "#!/bin/sh\ntouch begun\nsleep 600\n")
    wait_until((project.world.run(number) / "tree/begun").exists, PATIENCE)
    cluster.call("scancel", cluster.newest())
    until(project, number, State.CANCELLED, "it was cancelled")


@pytest.mark.usefixtures("cluster")
def test_a_job_whose_wrapper_is_killed_ends_as_slurm_says(project: Project) -> None:
    number = submit(project, WRAPPED, "#!/bin/sh\ntouch begun\nsleep 600\n")
    wait_until((project.world.run(number) / "tree/begun").exists, PATIENCE)
    process = int(project.world.facts(number, "started")["process"].split()[0])
    os.kill(process, signal.SIGKILL)
    run = until(project, number, State.FAILED)
    assert run.reason
    assert project.world.settled(number)["state"] == "failed"


def test_a_job_that_reaches_its_time_limit_says_so(project: Project, cluster: Slurm) -> None:
    numbers = []
    for schedule in (PLAIN, WRAPPED):
        numbers.append(submit(project, schedule, UNTIL_GO.format("go"), options="--time=1"))
        until(project, numbers[-1], State.RUNNING)
        cluster.call("scontrol", "update", f"JobId={cluster.newest()}", "EndTime=now")
    for number in numbers:
        until(project, number, State.FAILED, "reached its time limit")


def test_a_job_that_is_told_to_save_its_state_does_and_goes_on(
    project: Project, cluster: Slurm
) -> None:
    # As sbatch --signal=B:USR1@120 has it, two minutes before the time limit
    job = "#!/bin/sh\ntrap 'echo saved >checkpoint' USR1\n: >../ready\n"
    job += UNTIL_GO.format("go").partition("\n")[2]
    number = submit(project, WRAPPED.replace("='", "='exec "), job)
    wait_until((project.world.run(number) / "ready").exists, PATIENCE)
    cluster.call("scancel", "--batch", "--signal=USR1", cluster.newest())
    wait_until((project.world.run(number) / "tree/checkpoint").exists, PATIENCE)
    go(project, number)
    until(project, number, State.SUCCEEDED)


def test_a_job_whose_node_fails_says_so(project: Project, cluster: Slurm) -> None:
    number = submit(project, PLAIN, UNTIL_GO.format("go"), options="--no-requeue")
    until(project, number, State.RUNNING)
    cluster.call("scontrol", "update", f"NodeName={cluster.node}", "State=DOWN", "Reason=test")
    until(project, number, State.FAILED, "one of its nodes failed")


@pytest.mark.parametrize("schedule", [PLAIN, WRAPPED], ids=["plain", "wrapped"])
def test_a_job_that_makes_room_for_another_says_so(
    project: Project, cluster: Slurm, schedule: str
) -> None:
    number = submit(
        project, schedule, "#!/bin/sh\ntouch begun\nsleep 600\n", options="-n 2 --no-requeue"
    )
    wait_until((project.world.run(number) / "tree/begun").exists, PATIENCE)
    cluster.call("sbatch", "-p", "urgent", "-n", "2", "--wrap", "true")
    until(project, number, State.FAILED, "made room")


def test_a_job_that_is_suspended_or_put_back_is_told_of(project: Project, cluster: Slurm) -> None:
    number = submit(project, PLAIN, UNTIL_GO.format("go"))
    until(project, number, State.RUNNING)
    cluster.call("scontrol", "suspend", cluster.newest())
    until(project, number, State.RUNNING, "suspended")
    cluster.call("scontrol", "resume", cluster.newest())
    cluster.call("scontrol", "requeuehold", cluster.newest())
    until(project, number, State.QUEUED, "held")


def test_a_job_that_is_put_back_goes_on_where_it_was(project: Project, cluster: Slurm) -> None:
    job = UNTIL_GO.format("go").replace("\n", "\necho begun >>starts\n", 1)
    number = submit(project, WRAPPED, job)
    starts = project.world.run(number) / "tree/starts"
    # It is there a moment before its first line is.
    wait_until(lambda: starts.exists() and starts.read_text(), PATIENCE)
    cluster.call("scontrol", "requeue", cluster.newest())
    until(project, number, State.QUEUED, "begins at")
    assert project.world.facts(number) == {}
    hastened = ""

    def begun_again() -> bool:
        # While what is left of its first start is removed, its start is put off once more.
        nonlocal hastened
        if cluster.waits_until() not in {"", hastened}:
            cluster.hasten()
            hastened = cluster.waits_until()
        # A start that isn't answered in time is one that Slurm repeats.
        return starts.read_text().count("begun\n") > 1

    try:
        wait_until(begun_again, PATIENCE)
    except AssertionError as error:
        told = cluster.call("scontrol", "show", "job", cluster.newest())
        raise AssertionError(f"{starts.read_text()!r}: {told}") from error
    go(project, number)
    facts = project.world.settled(number, PATIENCE)
    assert (facts["state"], facts["exit"]) == ("succeeded", "0")


ARRAY = """#!/bin/sh
echo "$SLURM_ARRAY_TASK_ID" >"task$SLURM_ARRAY_TASK_ID"
n=0
until test -e go || test $n = 999; do n=$((n + 1)); sleep 0.1; done
exit "$SLURM_ARRAY_TASK_ID"
"""


def test_an_array_is_one_run_with_the_state_of_each_task(project: Project, cluster: Slurm) -> None:
    number = submit(project, PLAIN, ARRAY, options="-a 0-4%2")
    array = cluster.newest()
    run = until(project, number, State.RUNNING, "2 running")
    assert sorted(task.job.id for task in run.tasks) == [f"{array}_{task}" for task in range(5)]
    assert "3 queued" in run.reason
    go(project, number)
    run = until(project, number, State.FAILED)
    failed = "; ".join(f"{array}_{task}: exit status {task}" for task in range(1, 4))
    assert (run.exit, run.reason) == (4, f"4 of 5 jobs failed: {failed}; and 1 more")
    assert project.world.settled(number)["state"] == "failed"
    tasks = tasks_of(project.clone, project.run(number))
    assert [(task.job.id, task.exit) for task in tasks] == [
        *((f"{array}_{task}", task) for task in range(1, 5)),
        (f"{array}_0", 0),
    ]
    assert all(task.started and task.finished and task.host for task in tasks)
    pages = {page.name for page in project.server.files.pages(number)}
    assert {f"stdout.{array}_{task}" for task in range(5)} <= pages
    assert (project.world.run(number) / "tree" / f"slurm-{array}_3.out").exists()


@pytest.mark.usefixtures("cluster")
def test_an_array_of_wrapped_tasks_is_settled_by_the_last_of_them(project: Project) -> None:
    job = "#!/bin/sh\necho $SLURM_ARRAY_TASK_ID >task$SLURM_ARRAY_TASK_ID\n"
    number = submit(project, WRAPPED, job, options="-a 1-4")
    facts = project.world.settled(number, PATIENCE)
    assert facts["state"] == "succeeded"
    files = project.world.bare("ls-tree", "--name-only", "master").split()
    assert {f"task{task}" for task in (1, 2, 3, 4)} <= set(files)


def test_tasks_that_waited_when_their_array_was_cancelled_are_known(
    project: Project, cluster: Slurm, monkeypatch: pytest.MonkeyPatch
) -> None:
    # What failed is run again by its record. Slurm may have no more to say of them just then.
    monkeypatch.setattr("gitbatch_tui.core.jobs.stop.clarify", lambda _, report: report)
    number = submit(project, WRAPPED, UNTIL_GO.format("../go"), options="-a 1-5%2")
    until(project, number, State.RUNNING, "2 running")
    array = cluster.newest()
    assert cancel(project.server, number).complete
    assert project.world.settled(number, PATIENCE)["state"] == "cancelled"
    tasks = tasks_of(project.clone, project.run(number))
    assert [task.job.id for task in tasks] == [f"{array}_{task}" for task in range(1, 6)]
    assert {task.state for task in tasks} == {State.CANCELLED}


def test_jobs_that_print_only_a_number_are_followed(project: Project, cluster: Slurm) -> None:
    number = submit(project, PLAIN, "#!/bin/sh\nexit 5\n", options="--parsable")
    run = until(project, number, State.FAILED, "exit status 5")
    assert run.job == Job("slurm", cluster.newest())


def test_a_number_that_is_an_older_job_is_not_the_runs(
    project: Project, cluster: Slurm, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(submissions, "_SKEW", timedelta(0))
    other = cluster.call("sbatch", "--parsable", "--wrap", "sleep 600")
    wait_until(lambda: cluster.state(other) == "RUNNING", PATIENCE)
    number = submit(project, f"#!/bin/sh\nsbatch --version >&2\necho {other}\n")
    until(project, number, State.UNKNOWN, f"{other}, which schedule.sh printed, may be a job")
    cancel(project.server, number)
    assert cluster.state(other) == "RUNNING"


def test_a_controller_that_is_down_loses_nothing(project: Project, cluster: Slurm) -> None:
    number = submit(project, PLAIN, options="-H")
    until(project, number, State.QUEUED, "held by you")
    cluster.stop("slurmctld")
    run = project.run(number)
    assert run.state is State.SUBMITTED
    assert "slurm can't be asked" in run.reason
    assert project.world.facts(number) == {}
    cluster.start_controller()
    until(project, number, State.QUEUED, "held by you")


def test_a_controller_that_hangs_loses_nothing(
    project: Project, cluster: Slurm, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Adapter, "ask", Adapter.ask.replace("within 20", "within 1"))
    number = submit(project, PLAIN, options="-H")
    until(project, number, State.QUEUED, "held by you")
    cluster.freeze()
    run = project.run(number)
    assert run.state is State.SUBMITTED
    assert "squeue did not answer in time" in run.reason
    assert project.world.facts(number) == {}


def test_a_job_that_slurm_has_forgotten_is_lost(project: Project, cluster: Slurm) -> None:
    number = submit(project, '#!/bin/sh\n"$GITBATCH" job slurm 4711\n')
    run = until(project, number, State.LOST)
    assert "slurm 4711" in run.reason
    assert cluster.newest() != "4711"


class TestAccounting:
    """Slurm with accounting, which forgets a job some seconds after its end."""

    def test_how_a_forgotten_job_ended_is_in_the_history(
        self, project: Project, accounting: Slurm
    ) -> None:
        number = submit(project, PLAIN, "#!/bin/sh\nexit 3\n", options="-a 1-2")
        cancelled = submit(project, PLAIN, UNTIL_GO.format("go"), options="-H")
        accounting.call("scancel", accounting.newest())
        wait_until(lambda: not accounting.call("squeue", "-h", "-t", "all"), PATIENCE)
        run = until(project, number, State.FAILED)
        assert (run.exit, run.reason) == (3, "all 2 jobs failed: exit status 3")
        until(project, cancelled, State.CANCELLED, "by uid ")

    def test_jobs_of_a_named_cluster_are_asked_for_there(
        self, project: Project, accounting: Slurm
    ) -> None:
        number = submit(project, WRAPPED, UNTIL_GO.format("go"), options="-M test")
        until(project, number, State.RUNNING)
        (known,) = project.server.jobs(number)[number].jobs
        assert known.job.id in {f"{accounting.newest()}@test", accounting.newest()}
        assert cancel(project.server, number).complete
        until(project, number, State.CANCELLED)


def test_a_silent_job_that_went_past_the_record_is_found_in_the_accounting(
    project: Project, accounting: Slurm
) -> None:
    silent = "#!/bin/sh\nPATH=/usr/bin:/bin sbatch run.sh >/dev/null\n"
    number = submit(project, silent, "#!/bin/sh\necho 1 >out.txt\nexit 3\n")
    wait_until(lambda: not accounting.call("squeue", "-h", "-t", "all"), PATIENCE)
    run = until(project, number, State.FAILED)
    assert run.exit == 3
    assert run.job
    assert run.job.scheduler == "slurm"
    assert project.world.bare("show", f"{project.world.settled(number)['result']}:out.txt") == "1"


def test_a_task_that_was_cancelled_while_nobody_watched_is_missed(
    project: Project, accounting: Slurm
) -> None:
    number = submit(project, PLAIN, UNTIL_GO.format("../go"), options="-a 1-3%1")
    array = accounting.newest()
    wait_until(lambda: accounting.state(f"{array}_1") == "RUNNING", PATIENCE)
    accounting.call("scancel", f"{array}_2")
    wait_until(lambda: f"{array}_2" not in accounting.call("squeue", "-t", "all"), PATIENCE)
    (project.world.run(number) / "go").touch()
    wait_until(lambda: not accounting.call("squeue", "-h", "-t", "all"), PATIENCE)
    until(project, number, State.CANCELLED, "1 of its 3 tasks never began")


def test_what_worked_at_the_place_of_a_run_before_it_was_accepted_is_not_its_job(
    project: Project, accounting: Slurm
) -> None:
    tree = project.world.run(1) / "tree"
    accounting.call("sbatch", "-D", str(tree), "-o", "/dev/null", "--wrap", "exit 5")
    wait_until(lambda: not accounting.call("squeue", "-h", "-t", "all"), PATIENCE)
    around = """#!/bin/sh\n/usr/bin/sbatch --wrap '"$GITBATCH" run true'\n"""
    assert submit(project, around) == 1
    until(project, 1, State.SUCCEEDED)
    assert len(project.server.jobs(1)[1].jobs) == 1


def test_a_cluster_behind_ssh_does_as_well(project: Project, cluster: Slurm, sshd: Sshd) -> None:
    number = submit(project, PLAIN, "#!/bin/sh\necho done >out.txt\n")
    project.move_behind("hpc")
    run = until(project, number, State.SUCCEEDED)
    assert run.job == Job("slurm", cluster.newest())
    assert sshd.connections() > 0


EITHER = """#!/bin/sh
if test -f "${GITBATCH_RUN_DIR%/runs/*}/profile"
then
	sbatch --wrap='"$GITBATCH" run ./run.sh'
else
	"$GITBATCH" spawn ./run.sh
fi
"""


@pytest.mark.usefixtures("cluster")
def test_what_ran_under_slurm_is_reproduced_by_the_embedded_scheduler(project: Project) -> None:
    files = {"schedule.sh": EITHER, "run.sh": "#!/bin/sh\necho 1 >out\n"}
    project.world.commit({**files, ".gitattributes": "slurm-*.out gitbatch-volatile\n"})
    number = project.world.push(options=["lr=0.1"]).run
    run = until(project, number, State.SUCCEEDED)
    project.world.settled(number)
    other = project.world.root / "other"
    project.world.call(project.world.sh, project.world.hooks() / "install", other)
    project.world.git("remote", "add", "other", str(other / "repo.git"))
    project.world.git("config", "remote.other.gitbatch", str(other))
    there = Batch(project.clone, project.hosts, project.clone.batch_remote("other"))
    trial = Trial(project.batch, project.run(number), there)
    again = begin(trial, lambda _: None).run
    wait(there.server, again)
    reproduction = conclude(trial, again, lambda _: None)
    assert reproduction.holds
    schedulers = [each.job.scheduler for each in (run, reproduction.again) if each.job]
    assert schedulers == ["slurm", "local"]
    assert project.run(number).badge is Badge.REPRODUCED
