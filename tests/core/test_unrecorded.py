"""Jobs that nobody recorded: the server asks their scheduler, also where only git is used."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from gitbatch_tui.core.jobs import search as searching
from gitbatch_tui.core.jobs.search import search
from gitbatch_tui.core.schedulers.slurm import Slurm as Adapter
from gitbatch_tui.models import State
from tests.support.cancelling import cancel
from tests.support.slurm_runs import PATIENCE, UNTIL_GO, at_site, until
from tests.support.squeue import has_squeue
from tests.support.waiting import wait_until
from tests.support.worlds import NO_JOB

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.project import Project
    from tests.support.servers.slurm import Slurm

pytestmark = pytest.mark.timeout(180)

SBATCH = shutil.which("sbatch")
"""By its path, past what stands in for it."""
UNPRINTED = f"""#!/bin/sh
{SBATCH} --wrap='"$GITBATCH" run ./run.sh' >/dev/null
"""
CHAIN = f"""#!/bin/sh
a=$({{}} --parsable --wrap='"$GITBATCH" run ./run.sh' 2>&1)
{SBATCH} --dependency=afterok:$a --wrap='"$GITBATCH" run ./second.sh' >/dev/null
"""
MADE = "#!/bin/sh\necho made >first.txt\n"


@pytest.fixture
def cluster(slurm: Slurm, project: Project, monkeypatch: pytest.MonkeyPatch) -> Slurm:
    return at_site(slurm, project, monkeypatch)


@pytest.mark.usefixtures("cluster")
def test_a_run_ends_when_its_scheduler_knows_of_no_other_job(project: Project) -> None:
    number = project.world.submit({"schedule.sh": UNPRINTED, "run.sh": MADE})
    facts = project.world.settled(number, PATIENCE)
    assert (facts["state"], facts["results"], facts["jobs"]) == ("succeeded", "delivered", "1")
    assert "warning" not in facts
    assert project.world.bare("show", "master:first.txt") == "made"


@pytest.mark.parametrize("first", [SBATCH, "sbatch"], ids=["unrecorded", "recorded"])
def test_a_chain_goes_on_with_a_job_that_nobody_recorded(
    project: Project, cluster: Slurm, first: str
) -> None:
    files = {
        "schedule.sh": CHAIN.format(first),
        "run.sh": MADE,
        "second.sh": UNTIL_GO.format("../go") + "echo more >second.txt\n",
    }
    number = project.world.submit(files)
    run = project.world.run(number)
    wait_until((run / "asked").exists, PATIENCE, "somebody to ask")
    assert project.world.status(number)["ended"] == "no"
    assert f"slurm {cluster.newest()} " in (run / "jobs").read_text()
    wait_until((run / "started.2").exists, PATIENCE, "the second job")
    assert not (run / "settled").exists()
    (run / "go").touch()
    facts = project.world.settled(number, PATIENCE)
    assert (facts["state"], facts["jobs"]) == ("succeeded", "2")
    assert project.world.bare("show", "master:second.txt") == "more"


@pytest.mark.parametrize("trouble", ["down", "hangs"])
def test_a_scheduler_that_can_not_tell_is_asked_again_and_results_come_meanwhile(
    project: Project, cluster: Slurm, trouble: str
) -> None:
    job = UNTIL_GO.format("../go") + "echo made >first.txt\n"
    number = project.world.submit({"schedule.sh": UNPRINTED, "run.sh": job})
    run = project.world.run(number)
    wait_until((run / "started").exists, PATIENCE, "the job")
    if trouble == "down":
        cluster.stop("slurmctld")
    else:
        cluster.freeze()
    (run / "go").touch()
    wait_until((run / "postponed").exists, PATIENCE, "the answer that doesn't come")
    status = project.world.status(number)
    assert (status["state"], status["ended"]) == ("unknown", "no")
    assert "slurm has to be asked" in status["reason"]
    assert project.world.bare("show", "master:first.txt") == "made"
    cluster.forget()
    (run / "postponed").unlink()
    project.world.submit({"schedule.sh": NO_JOB}, branch="other")
    assert project.world.settled(number, PATIENCE)["state"] == "succeeded"


@pytest.mark.usefixtures("cluster")
def test_a_job_that_submits_its_successor_by_a_path_is_not_all_of_its_run(project: Project) -> None:
    files = {
        "schedule.sh": "#!/bin/sh\nsbatch first.sh\n",
        "first.sh": f"#!/bin/sh\n{SBATCH} second.sh\n",
        "second.sh": UNTIL_GO.format("../go") + "exit 3\n",
    }
    number = project.world.submit(files)
    run = project.world.run(number)

    def searched() -> bool:
        state = project.run(number).state
        assert not state.final, state
        return (run / "asked").exists()

    wait_until(searched, PATIENCE, "the second job to be looked for")
    (run / "go").touch()
    until(project, number, State.FAILED, "exit status 3")


def test_cancelling_stops_also_a_job_that_nobody_recorded(project: Project, cluster: Slurm) -> None:
    files = {"schedule.sh": CHAIN.format("sbatch"), "run.sh": UNTIL_GO.format("../go")}
    number = project.world.submit(files | {"second.sh": MADE})
    wait_until((project.world.run(number) / "started").exists, PATIENCE, "the first job")
    second = cluster.newest()
    done = cancel(project.server, number)
    assert f"slurm {second}" in {*done.stopped, *done.ending}
    assert done.complete
    wait_until(lambda: not cluster.alive(second), PATIENCE, "the second job to go")
    assert project.world.settled(number, PATIENCE)["state"] == "cancelled"


def test_cancelling_says_that_it_could_not_ask_for_jobs_that_nobody_recorded(
    project: Project, cluster: Slurm, tmp_path: Path
) -> None:
    squeue = tmp_path / "bin/squeue"
    silent = "case \" $* \" in *' -u '*) exit 1 ;; esac"
    project.world.script(squeue, f'#!/bin/sh\n{silent}\nexec {shutil.which("squeue")} "$@"\n')
    profile = project.world.base / "profile"
    before = profile.read_text()
    profile.write_text(before + f"PATH='{squeue.parent}':$PATH\n")
    files = {"schedule.sh": CHAIN.format("sbatch"), "run.sh": UNTIL_GO.format("../go")}
    number = project.world.submit(files | {"second.sh": MADE})
    wait_until((project.world.run(number) / "started").exists, PATIENCE, "the first job")
    second = cluster.newest()
    done = cancel(project.server, number)
    assert not done.complete
    assert "other jobs of slurm could not be stopped: slurm didn't say" in done.trouble
    assert cluster.alive(second)
    profile.write_text(before)
    assert cancel(project.server, number).complete
    wait_until(lambda: not cluster.alive(second), PATIENCE, "the second job to go")


@pytest.mark.usefixtures("cluster")
def test_nobody_is_asked_about_a_run_whose_jobs_were_all_recorded(
    project: Project, tmp_path: Path
) -> None:
    squeue, asked = tmp_path / "bin/squeue", tmp_path / "asked"
    project.world.script(squeue, f'#!/bin/sh\n: >{asked}\nexec {shutil.which("squeue")} "$@"\n')
    profile = project.world.base / "profile"
    profile.write_text(profile.read_text() + f"PATH='{squeue.parent}':$PATH\n")
    schedule = """#!/bin/sh\nsbatch --wrap='"$GITBATCH" run ./run.sh'\n"""
    number = project.world.submit({"schedule.sh": schedule, "run.sh": MADE})
    assert project.world.settled(number, PATIENCE)["state"] == "succeeded"
    assert not asked.exists()


def test_of_many_runs_that_are_searched_for_each_has_as_long_as_one_alone(
    project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(searching, "adapters", lambda: {"slurm": Adapter()})
    has_squeue(project.world, "exit 0")
    clock = tmp_path / "clock"
    clock.touch()
    # Each look at it takes a second, so that all of them together take longer than one may.
    late = f"date () {{\n\techo >>'{clock}'\n\twc -l <'{clock}'\n}}\n"
    profile = project.world.base / "profile"
    profile.write_text(profile.read_text() + late)
    named = '#!/bin/sh\n"$GITBATCH" job slurm 4711\n'
    numbers = [project.world.submit({"schedule.sh": named}, branch="first")]
    numbers += [project.server.rerun(numbers[0]).run for _ in range(3)]
    known = project.server.jobs(*numbers)
    found, _ = search(project.server, known, datetime.now(UTC), wanted=True)
    assert {number: jobs.silent for number, jobs in found.items()} == dict.fromkeys(numbers, ())


@pytest.mark.parametrize(
    "find", ["within 30 sleep 30 || echo 'it can not be asked'", "echo '12'; sleep 30"]
)
def test_a_scheduler_that_hangs_keeps_no_other_one_from_being_asked(
    project: Project, monkeypatch: pytest.MonkeyPatch, find: str
) -> None:
    hung = Adapter()
    hung.find = find
    monkeypatch.setattr(searching, "adapters", lambda: {"hung": hung, "slurm": Adapter()})
    monkeypatch.setattr(searching, "PATIENCE", 2)
    has_squeue(project.world, "exit 0")
    named = '#!/bin/sh\n"$GITBATCH" job slurm 4711\n'
    first = project.world.submit({"schedule.sh": named}, branch="first")
    known = project.server.jobs(first, project.server.rerun(first).run)
    found, _ = search(project.server, known, datetime.now(UTC), wanted=True)
    assert [jobs.silent for jobs in found.values()] == [(), ()]
    assert [[str(known.job) for known in jobs.jobs] for jobs in found.values()] == [
        ["slurm 4711"],
        ["slurm 4711"],
    ]


def test_what_others_answer_is_heard_where_one_hangs_that_heeds_no_signal(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    hung = Adapter()
    hung.find = "trap '' TERM; sleep 30"
    monkeypatch.setattr(searching, "adapters", lambda: {"slurm": Adapter(), "hung": hung})
    has_squeue(project.world, "exit 0")
    named = '#!/bin/sh\n"$GITBATCH" job slurm 4711\n'
    known = project.server.jobs(project.world.submit({"schedule.sh": named}))
    found, _ = search(project.server, known, datetime.now(UTC), wanted=True)
    assert [jobs.silent for jobs in found.values()] == [()]
