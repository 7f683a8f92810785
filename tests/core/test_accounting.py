"""What schedulers' accounting says that runs used: of the real Slurm and Grid Engine."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, cast

import pytest

from gitbatch_tui.core.hosts.host import Answer
from gitbatch_tui.core.jobs.accounting import account, needs_accounting
from gitbatch_tui.core.runs import records
from gitbatch_tui.core.schedulers import slurm_accounting
from gitbatch_tui.core.server.submissions import KnownJob, SubmittedJobs
from gitbatch_tui.models import Job, Run, State
from tests.support.slurm_runs import PATIENCE, at_site, until
from tests.support.waiting import wait_until

if TYPE_CHECKING:
    from gitbatch_tui.core.server.client import Server
    from gitbatch_tui.models import Usage
    from tests.support.project import Project
    from tests.support.servers.sge import Cell
    from tests.support.servers.slurm import Slurm

pytestmark = pytest.mark.timeout(180)

# 200 MiB and two seconds of a processor, for long enough to be seen.
WORK = """#!/bin/sh
exec python3 -c '
import time
held = bytearray(200 * 2**20)
while time.process_time() < 2: pass
time.sleep(1.5)
'
"""


@pytest.fixture
def cluster(
    slurm_with_accounting: Slurm, project: Project, monkeypatch: pytest.MonkeyPatch
) -> Slurm:
    return at_site(slurm_with_accounting, project, monkeypatch)


def recorded(project: Project, number: int) -> Run:
    """The run as a clone that has only its records knows it."""
    records.fetch(project.clone, project.server.host, "batch")
    run = records.read_one(project.clone, "batch", number)
    assert run
    return run


def accounted(project: Project, number: int) -> Usage:
    """What accounting says, as soon as it has heard of the end; from the record."""
    now = project.server.status().now

    def told() -> bool:
        run = recorded(project, number)
        return account(project.server, [run], now)[0].accounted

    wait_until(told, PATIENCE, "accounting to hear of the end")
    run = recorded(project, number)
    assert run.used
    assert not needs_accounting(run, now)
    return run.used


@pytest.mark.parametrize(("minutes", "limit"), [("525600", None), ("UNLIMITED", None), ("9", 540)])
def test_a_year_is_what_slurm_gives_a_job_without_a_limit(minutes: str, limit: int | None) -> None:
    line = ["7", "COMPLETED", "4", "", "1", "1", "", "", minutes, "", "", ""]
    answer = Answer(0, ("\x1f".join(line) + "\n\x1d\n").encode(), b"")
    assert slurm_accounting.read(answer, {"7"})["7"][0].limit == limit


@dataclass
class Lagging:
    """A server with an array of three as its run 1, of which Slurm has heard as far as is said."""

    submitted: SubmittedJobs
    heard: int = 0
    noted: list[str] = field(default_factory=list)

    def jobs(self, *_: int) -> dict[int, SubmittedJobs]:
        return {1: self.submitted}

    def ask_scheduler(self, *_: str, **__: object) -> Answer:
        lines = [
            "\x1f".join((f"7_{task}", "COMPLETED", "9", "", "2", *[""] * 7)) + "\n"
            for task in range(self.heard)
        ]
        return Answer(0, ("".join(lines) + "\x1d\n").encode(), b"")

    def note_usage(self, used: dict[int, str]) -> None:
        self.noted += used.values()


ARRAY = KnownJob(Job("slurm", "7"))
TASKS = tuple(KnownJob(Job("slurm", f"7_{task}")) for task in range(3))
SETTLED = datetime(2026, 3, 1, tzinfo=UTC)
ARRAYS = {
    "when it was submitted": SubmittedJobs(jobs=(replace(ARRAY, tasks=3),)),
    "by its tasks": SubmittedJobs(jobs=(ARRAY,), reported={ARRAY: TASKS}),
}


def after(server: Lagging, since: timedelta) -> Run:
    """The run, as it is known so long after its end."""
    run = Run("batch", 1, State.SUCCEEDED, "master", "0" * 40, job=ARRAY.job, settled=SETTLED)
    (told,) = account(cast("Server", server), [run], SETTLED + since)
    assert len(server.noted) == told.accounted
    return told


@pytest.mark.parametrize("submitted", ARRAYS.values(), ids=ARRAYS.keys())
def test_what_an_array_used_is_recorded_once_all_of_its_tasks_are_known(
    submitted: SubmittedJobs,
) -> None:
    server = Lagging(submitted)
    for heard in range(3):
        server.heard = heard
        assert not after(server, timedelta(minutes=9)).accounted
    server.heard = 3
    used = after(server, timedelta(minutes=9)).used
    assert used
    assert used.reserved == 3 * 2 * 9


def test_tasks_that_never_come_are_not_waited_for_forever() -> None:
    server = Lagging(ARRAYS["when it was submitted"], heard=2)
    used = after(server, timedelta(minutes=11)).used
    assert used
    assert used.reserved == 2 * 2 * 9


def test_a_job_of_which_nothing_is_known_is_asked_for_again_however_late() -> None:
    server = Lagging(ARRAYS["when it was submitted"])
    assert not after(server, timedelta(days=1)).accounted


@pytest.mark.usefixtures("cluster")
@pytest.mark.parametrize("wrapped", [True, False], ids=["wrapped", "plain"])
def test_slurm_tells_what_a_job_used_of_what_it_had_asked_for(
    project: Project, *, wrapped: bool
) -> None:
    job = """--wrap='"$GITBATCH" run ./run.sh'""" if wrapped else "run.sh"
    number = project.world.submit(
        {"schedule.sh": f"#!/bin/sh\nsbatch -c 2 --time=10 {job}\n", "run.sh": WORK}
    )
    until(project, number, State.SUCCEEDED)
    used = accounted(project, number)
    assert used.cpu
    assert used.wall
    assert 2 <= used.cpu < 3 * used.wall
    assert used.memory
    assert 200 * 2**20 <= used.memory < 400 * 2**20
    assert (used.cores, used.limit) == (2, 600)
    assert used.reserved == 2 * used.wall


@pytest.mark.usefixtures("cluster")
def test_the_tasks_of_an_array_are_summed_and_the_highest_peak_counts(project: Project) -> None:
    files = {
        "schedule.sh": """#!/bin/sh\nsbatch --array=1-2 --wrap='"$GITBATCH" run ./run.sh'\n""",
        "run.sh": WORK,
    }
    number = project.world.submit(files)
    until(project, number, State.SUCCEEDED)
    used = accounted(project, number)
    assert used.cpu
    assert used.wall
    assert used.reserved
    assert 4 <= used.cpu <= 2 * used.wall
    assert used.wall < used.reserved <= 2 * used.wall
    assert used.memory
    assert used.memory < 400 * 2**20


@pytest.mark.usefixtures("cluster")
def test_a_running_job_has_the_time_at_which_slurm_stops_it(project: Project) -> None:
    schedule = """#!/bin/sh\nsbatch --time=10 --wrap='"$GITBATCH" run sleep 60'\n"""
    number = project.world.submit({"schedule.sh": schedule})
    started = until(project, number, State.RUNNING).started
    assert started

    def stopped_at() -> bool:
        deadline = project.run(number).deadline
        return deadline is not None and 590 <= (deadline - started).total_seconds() <= 610

    wait_until(stopped_at, PATIENCE, "a limit of ten minutes")


def test_a_job_without_a_limit_has_no_such_time(project: Project, cluster: Slurm) -> None:
    schedule = """#!/bin/sh\nsbatch --wrap='"$GITBATCH" run sleep 60'\n"""
    number = project.world.submit({"schedule.sh": schedule})
    until(project, number, State.RUNNING)
    wait_until(lambda: cluster.state(cluster.newest()) == "RUNNING", PATIENCE)
    assert project.run(number).deadline is None


def test_grid_engine_tells_what_a_job_used(project: Project, sge: Cell) -> None:
    settings = f"PATH={sge.programs}:$PATH\nexport PATH\n"
    (project.world.base / "profile").write_text(settings)
    project.world.waits_for_nothing()
    schedule = '#!/bin/sh\nqsub -l h_rt=600 -V -cwd -b y -shell n "$GITBATCH" run ./run.sh\n'
    number = project.world.submit({"schedule.sh": schedule, "run.sh": WORK})
    project.world.settled(number, PATIENCE)
    used = accounted(project, number)
    assert used.cpu
    assert used.wall
    assert 2 <= used.cpu < 10
    assert used.memory
    assert used.memory >= 200 * 2**20
    assert (used.cores, used.limit) == (1, 600)
