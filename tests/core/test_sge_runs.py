"""Runs whose jobs go through the real Grid Engine."""

from __future__ import annotations

import os
import re
import subprocess
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from gitbatch_tui.core.hosts.host import Answer
from gitbatch_tui.core.jobs import judge
from gitbatch_tui.core.jobs.clarify import clarify
from gitbatch_tui.core.jobs.hold import hold, release, toggle_hold
from gitbatch_tui.core.schedulers.sge import Sge
from gitbatch_tui.core.setup.templates import write_templates
from gitbatch_tui.errors import Refused
from gitbatch_tui.models import Job, Run, State
from tests.support.cancelling import cancel
from tests.support.waiting import wait_until

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.support.project import Project
    from tests.support.servers.sge import Cell

HEADER = "#!/bin/sh\n"
UNTIL_GO = "until test -e ../go; do sleep 0.1; done"
WRAPPED = '#!/bin/sh\nqsub {} -V -cwd -b y -shell n "$GITBATCH" run ./run.sh\n'
PLAIN = "#!/bin/sh\nqsub {} -cwd run.sh\n"


@pytest.mark.parametrize("shell", ["dash", "bash", "busybox sh"])
def test_every_shell_can_ask(sge: Cell, shell: str) -> None:
    job = re.findall(r"\d+", sge.call("qsub", "-terse", "-h", "-b", "y", "true"))[0]
    script = f'within () {{ timeout "$@"; }}\n{Sge().ask}'
    env = {"PATH": f"{sge.programs}:{os.environ['PATH']}"}
    argv = [*shell.split(), "-c", script, "sh", job, "999999"]
    said = subprocess.run(argv, env=env, capture_output=True, timeout=50, check=False)
    found = Sge().read(Answer(said.returncode, said.stdout, said.stderr), {job, "999999"})
    assert {job: state.reason for job, state in found.items()} == {
        job: "held by you or an operator"
    }
    sge.call("qdel", job)


def test_a_host_without_grid_engine_says_so() -> None:
    env = {"PATH": "/nowhere"}
    said = subprocess.run(
        ["/bin/sh", "-c", Sge().ask, "sh", "1"], env=env, capture_output=True, check=False
    )
    with pytest.raises(ValueError, match=r"^there is no qstat on the PATH: BASE/profile can"):
        Sge().read(Answer(said.returncode, said.stdout, said.stderr), {"1"})


@pytest.fixture
def site(project: Project, sge: Cell) -> Project:
    """A batch remote whose profile finds Grid Engine."""
    (project.world.base / "profile").write_text(sge.profile)
    return project


def begin(site: Project, schedule: str, job: str, options: str = "") -> int:
    files = {"schedule.sh": schedule.format(options), "run.sh": f"{HEADER}{job}\n"}
    return site.world.submit(files)


def becomes(site: Project, number: int, state: State) -> Run:
    """The run, once it is in that state."""
    seen: list[Run] = []

    def there() -> bool:
        seen.append(site.run(number))
        return seen[-1].state is state

    wait_until(there, 30, f"run {number} to be {state}")
    return seen[-1]


def let_go(site: Project, number: int) -> None:
    site.world.run(number).joinpath("go").touch()


def pages(site: Project, number: int) -> Mapping[str, str]:
    return {page.name: page.file for page in site.server.files.pages(number)}


def test_the_template_works_at_once(site: Project) -> None:
    write_templates(site.world.clone, "sge")
    job = '#!/bin/sh\necho "on $(uname -n)"\ndate >out\n'
    number = site.world.submit({"run.sh": job})
    assert site.world.settled(number, 30)["state"] == "succeeded"
    run = site.run(number)
    assert run.result
    assert re.fullmatch(r"sge \d+", str(run.job))
    assert "on node1" in site.server.files.read(number).decode()


def test_a_plain_script_is_followed_to_its_end(site: Project) -> None:
    job = f"echo here; echo there >&2\n{UNTIL_GO}\necho 1 >out"
    number = begin(site, PLAIN, job, "-N plain")
    run = becomes(site, number, State.RUNNING)
    assert run.job
    assert run.job.scheduler == "sge"
    files = pages(site, number)
    assert site.server.files.read(number, files["stdout"]) == b"here\n"
    assert site.server.files.read(number, files["stderr"]) == b"there\n"
    let_go(site, number)
    run = becomes(site, number, State.SUCCEEDED)
    assert run.result
    assert site.world.settled(number)["exit"] == "0"


def test_what_a_job_printed_is_there_though_it_ended_before_anybody_asked(
    site: Project, sge: Cell
) -> None:
    number = begin(site, PLAIN, "echo here; echo there >&2", "-N quick -t 1-2 -o $PWD")
    wait_until(lambda: not sge.call("qstat"), 30)
    (job,) = (known.job.id for known in site.server.jobs(number)[number].jobs)
    files = pages(site, number)
    for task in (1, 2):
        assert site.server.files.read(number, files[f"stdout.{job}.{task}"]) == b"here\n"
        assert site.server.files.read(number, files[f"stderr.{job}.{task}"]) == b"there\n"
    becomes(site, number, State.SUCCEEDED)


def test_a_job_that_fails_says_with_which_status(site: Project) -> None:
    run = becomes(site, begin(site, WRAPPED, "exit 3"), State.FAILED)
    assert (run.exit, run.reason) == (3, "exit status 3")


def test_a_job_that_waits_is_held_released_and_cancelled(site: Project, sge: Cell) -> None:
    number = begin(site, PLAIN, "true", "-pe smp 50")
    run = becomes(site, number, State.QUEUED)
    assert run.reason == "asks for 50 slots, and there are 4: will never start"
    assert run.job
    assert toggle_hold(site.server, number) == "held"
    held = sge.call("qstat", "-xml", "-s", "hu")
    assert f"<JB_job_number>{run.job.id}</JB_job_number>" in held
    assert becomes(site, number, State.QUEUED).reason == "held by you or an operator"
    assert toggle_hold(site.server, number) == "released"
    assert run.job.id not in sge.call("qstat", "-s", "hu")
    assert cancel(site.server, number).complete
    assert becomes(site, number, State.CANCELLED).job == run.job


def test_a_held_job_begins_when_it_is_released_and_can_then_be_cancelled(site: Project) -> None:
    number = begin(site, WRAPPED, "exec sleep 60", "-h")
    assert becomes(site, number, State.QUEUED).reason == "held by you or an operator"
    release(site.server, number)
    becomes(site, number, State.RUNNING)
    with pytest.raises(Refused, match="nothing to hold"):
        hold(site.server, number)
    assert cancel(site.server, number).complete
    assert becomes(site, number, State.CANCELLED).job


def test_a_wrapper_that_was_killed_is_no_riddle(
    site: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(judge, "GRACE", timedelta(0))
    run = becomes(site, begin(site, WRAPPED, "kill -9 $PPID"), State.FAILED)
    assert run.reason == "killed by signal 9: by qdel, a limit or a person"


def test_a_job_that_reached_its_time_limit_says_so(site: Project) -> None:
    run = becomes(site, begin(site, PLAIN, "exec sleep 60", "-l h_rt=1"), State.FAILED)
    assert run.reason.startswith("stopped at its limit (h_rt=1) after using ")


def test_a_job_that_can_not_be_started_waits_and_says_why(site: Project) -> None:
    number = begin(site, PLAIN, "true", "-e /no/such/ -o /no/such/")
    wait_until(lambda: "couldn't be started" in site.run(number).reason, 30)
    run = becomes(site, number, State.QUEUED)
    assert 'can\'t open output file "/no/such/"' in run.reason
    assert cancel(site.server, number).complete


@pytest.mark.parametrize("schedule", [PLAIN, WRAPPED], ids=["plain", "wrapped"])
def test_an_array_is_one_run_whose_tasks_have_states_of_their_own(
    site: Project, schedule: str
) -> None:
    job = f'test "$SGE_TASK_ID" = 1 || {{ {UNTIL_GO}; }}\nexit $((SGE_TASK_ID / 3))'
    number = begin(site, schedule, job, "-t 1-3")

    def states() -> set[str]:
        return {str(task.state) for task in site.run(number).tasks}

    wait_until(lambda: states() == {"succeeded", "running"}, 30)
    run = becomes(site, number, State.RUNNING)
    assert [task.job.id.partition(".")[2] for task in run.tasks] == ["1", "2", "3"]
    let_go(site, number)
    run = becomes(site, number, State.FAILED)
    assert run.exit == 1


def test_a_job_that_somebody_deleted_before_it_began_was_cancelled(
    site: Project, sge: Cell, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = begin(site, PLAIN, "true", "-h")
    job = becomes(site, number, State.QUEUED).job
    assert job
    sge.call("qdel", job.id)
    before = clarify(site.server, site.server.status())
    (live,) = before.runs
    assert live.state is State.UNKNOWN
    assert live.reason == "it has left the queue, and nothing says how it ended"
    monkeypatch.setattr(judge, "GRACE", timedelta(0))
    clarify(site.server, site.server.status(), before)
    assert becomes(site, number, State.CANCELLED).job == job


def test_a_job_that_grid_engine_never_had_is_lost_after_a_grace_period(
    site: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = begin(site, '#!/bin/sh\n"$GITBATCH" job sge 999999{}\n', "true")
    assert site.run(number).reason == "its scheduler doesn't know sge 999999 yet"
    monkeypatch.setattr(judge, "GRACE", timedelta(0))
    site.world.waits_for_nothing()
    assert becomes(site, number, State.LOST).job == Job("sge", "999999")
    assert site.world.settled(number)["state"] == "lost"
