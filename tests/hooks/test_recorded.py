"""Jobs that real schedulers were handed: recorded with their queue, whoever submitted them."""

from __future__ import annotations

import re
import subprocess
from typing import TYPE_CHECKING

import pytest

from tests.support.servers.slurm import Slurm, cluster
from tests.support.waiting import wait_until

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.support.servers.sge import Cell
    from tests.support.worlds import World

pytestmark = pytest.mark.timeout(180)


def jobs_of(world: World, number: int) -> list[dict[str, str]]:
    answer = world.gitbatch("jobs", str(number))
    lines = [line for line in answer.output.splitlines() if line.startswith("job=")]
    return [dict(part.partition("=")[::2] for part in line.split("\t")) for line in lines]


def ids_of(world: World, number: int) -> list[str]:
    """Of those that were recorded, arrays as one."""
    jobs = (job["job"] for job in jobs_of(world, number) if job["how"] == "recorded")
    return [job for job in jobs if "_" not in job]


@pytest.fixture
def other_cluster() -> Iterator[Slurm]:
    with cluster(accounting=False) as other:
        yield other


def test_ids_in_variables_and_jobs_of_jobs_belong_to_the_run(slurm: Slurm, world: World) -> None:
    schedule = (
        "#!/bin/sh\na=$(sbatch --parsable -J prep prep.sh)\nb=$(sbatch -d afterany:$a next.sh)\n"
    )
    number = world.submit(
        {
            "schedule.sh": schedule,
            "prep.sh": "#!/bin/sh\necho prep\n",
            "next.sh": '#!/bin/sh\n"$GITBATCH" run ./inner.sh\n',
            "inner.sh": "#!/bin/sh\nsbatch prep.sh\n",
        }
    )
    wait_until(lambda: len(ids_of(world, number)) == 3, 60, "the third job")
    first = int(slurm.newest()) - 2
    assert ids_of(world, number) == [f"slurm {first + n}" for n in range(3)]
    named = {job["job"]: job["name"] for job in jobs_of(world, number)}
    assert named[f"slurm {first}"] == "prep"


@pytest.mark.usefixtures("slurm")
def test_a_job_inside_of_an_arrays_task_is_not_taken_for_the_task(world: World) -> None:
    number = world.submit(
        {
            "schedule.sh": "#!/bin/sh\nsbatch -a 1-2 task.sh\n",
            "task.sh": "#!/bin/sh\n"
            'test "$SLURM_ARRAY_TASK_ID" = 1 && sbatch inner.sh\n"$GITBATCH" run true\n',
            "inner.sh": '#!/bin/sh\n"$GITBATCH" run true\n',
        }
    )
    folder = world.run(number)
    wait_until(lambda: len(list(folder.glob("finished*"))) == 3, 90, "three ends")
    array, inner = ids_of(world, number)
    said = sorted(world.facts(number, path.name)["job"] for path in folder.glob("started*"))
    assert said == sorted([f"{array}_1", f"{array}_2", inner])


def test_each_job_has_the_cluster_that_schedule_sh_chose(
    world: World, slurm: Slurm, other_cluster: Slurm
) -> None:
    (world.base / "profile").write_text(f"SLURM_CONF={slurm.conf}\nexport SLURM_CONF\n")
    schedule = (
        "#!/bin/sh\nsbatch job.sh\n"
        f"SLURM_CONF={other_cluster.conf}\nexport SLURM_CONF\nid=$(sbatch --parsable -H job.sh)\n"
    )
    number = world.submit({"schedule.sh": schedule, "job.sh": "#!/bin/sh\n"})
    contexts = {job["context"]: job["job"] for job in jobs_of(world, number)}
    assert contexts == {
        f"SLURM_CONF={slurm.conf}": f"slurm {slurm.newest()}",
        f"SLURM_CONF={other_cluster.conf}": f"slurm {other_cluster.newest()}",
    }


def test_equal_ids_of_two_queues_are_two_jobs(tsp: Path, world: World) -> None:
    one, two = f"{tsp}/one", f"{tsp}/two"
    schedule = (
        f"#!/bin/sh\nexport TMPDIR='{world.clone}'\n"
        f"TS_SOCKET={one} tsp true\nTS_SOCKET={two} tsp true >/dev/null\n"
    )
    number = world.submit({"schedule.sh": schedule})
    try:
        jobs = jobs_of(world, number)
        assert [job["job"] for job in jobs] == ["tsp 0", "tsp 0"]
        sockets = [re.search(r"TS_SOCKET=(\S+)", job["context"]) for job in jobs]
        assert {socket[1] for socket in sockets if socket} == {one, two}
    finally:
        for socket in (one, two):
            subprocess.run(["tsp", "-K"], env={**world.env, "TS_SOCKET": socket}, check=False)


def test_of_two_jobs_with_one_id_each_ends_by_itself(tsp: Path, world: World) -> None:
    go = world.clone / "go"
    last = f"'until test -e \"{go}\"; do sleep 0.1; done; exit 3'"
    schedule = (
        f"#!/bin/sh\nexport TMPDIR='{world.clone}'\n"
        f'TS_SOCKET={tsp}/one tsp "$GITBATCH" run true\n'
        f"TS_SOCKET={tsp}/two tsp sh -c {last}\n"
        f'TS_SOCKET={tsp}/two tsp "$GITBATCH" run true >/dev/null\n'
    )
    number = world.submit({"schedule.sh": schedule})
    try:
        wait_until(lambda: world.facts(number, "finished"), 30, "the first job")
        assert (world.status(number)["ended"], world.status(number)["left"]) == ("no", "2")
        first, second, _ = jobs_of(world, number)
        assert (first["job"], second["job"]) == ("tsp 0", "tsp 0")
        assert (first["state"], second["state"]) == ("ended", "waiting")
        go.touch()
        wait_until(lambda: world.facts(number, "finished.2"), 30, "the last job")
        assert world.status(number)["left"] == "1"
        world.tell(number, f"job=tsp 0\tstate=failed\texit=3\tcontext={second['context']}")
        assert world.settled(number)["exit"] == "3"
        tasks = world.bare("show", "refs/gitbatch/log:tasks").splitlines()
        assert [task.split("\t")[1] for task in tasks] == [
            "state=succeeded",
            "state=failed",
            "state=succeeded",
        ]
    finally:
        for socket in ("one", "two"):
            env = {**world.env, "TS_SOCKET": f"{tsp}/{socket}"}
            subprocess.run(["tsp", "-K"], env=env, check=False)


@pytest.mark.usefixtures("atd")
def test_a_job_of_at_knows_its_number_by_its_record(world: World) -> None:
    schedule = "#!/bin/sh\necho '\"$GITBATCH\" run true' | at now 2>/dev/null\n"
    number = world.submit({"schedule.sh": schedule})
    wait_until(lambda: world.facts(number, "finished"), 30, "the job")
    (job,) = jobs_of(world, number)
    assert re.fullmatch(r"at \d+", job["job"])
    assert world.facts(number, "started")["job"] == job["job"]


def test_grid_engine_is_told_from_others_that_have_a_qsub(world: World, sge: Cell) -> None:
    (world.base / "profile").write_text(sge.profile)
    schedule = "#!/bin/sh\na=$(qsub -terse -t 1-2 -N sweep job.sh)\nqsub -hold_jid sweep job.sh\n"
    number = world.submit({"schedule.sh": schedule, "job.sh": "#!/bin/sh\ntrue\n"})
    array, plain = jobs_of(world, number)
    assert (array["job"].partition(" ")[0], array["tasks"], array["name"]) == ("sge", "2", "sweep")
    assert int(plain["job"].removeprefix("sge ")) == int(array["job"].removeprefix("sge ")) + 1
