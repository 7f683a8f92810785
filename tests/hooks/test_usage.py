"""The wrapper notes what its job used, and what that had asked for."""

from __future__ import annotations

import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from gitbatch_tui.core.base.usage import read
from tests.hooks.conftest import need_proc
from tests.support.scripts import schedule
from tests.support.waiting import wait_until

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gitbatch_tui.models import Usage
    from tests.support.worlds import World

PEAKS = ("memory.peak", "memory.max_usage_in_bytes")
BUSY = f"""{sys.executable} -c '
import time
while time.process_time() < {{}}: pass
'"""


def used(world: World, *commands: str) -> Usage:
    number = world.submit(schedule(*commands))
    usage = read(world.settled(number)["used"])
    assert usage
    return usage


def told(world: World, *commands: str) -> Usage:
    """What the wrapper of a job says whose scheduler nobody asks."""
    number = world.submit(schedule(*commands))
    wait_until((world.run(number) / "finished").exists)
    usage = read(world.facts(number, "finished")["used"])
    assert usage
    world.gitbatch("settle", str(number), "succeeded")
    return usage


def script(*lines: str) -> str:
    """Commands that make a script `busy` of these lines."""
    return "\n".join(["cat >busy <<'EOT'", "#!/bin/sh", *lines, "EOT", "chmod +x busy"])


def test_the_processor_time_of_a_job_is_that_of_its_children(each_shell: World) -> None:
    usage = used(each_shell, script(BUSY.format(0.3), BUSY.format(0.3)), '"$GITBATCH" run ./busy')
    assert usage.cpu is not None
    # sh tells whole hundredths, of each job.
    assert 0.58 <= usage.cpu < 1.2


def test_telling_of_the_environment_is_not_counted(each_shell: World) -> None:
    # The interpreter that is asked for its packages takes a second for it.
    slow = script(f"exec {BUSY.format(1)}")
    path = "mkdir bin; mv busy bin/python3; PATH=$PWD/bin:$PATH"
    usage = used(each_shell, slow, path, '"$GITBATCH" run true')
    assert usage.cpu is not None
    assert usage.cpu < 0.5


def test_several_jobs_are_summed(world: World) -> None:
    twice = ['"$GITBATCH" run ./busy'] * 2
    usage = used(world, script(BUSY.format(0.3)), *twice)
    assert usage.cpu is not None
    # sh tells whole hundredths, of each job.
    assert 0.58 <= usage.cpu < 1.2


@pytest.fixture
def groups() -> Iterator[list[Path]]:
    """Control groups as Slurm makes them for job 4711: of memory, and of processor time."""
    root = Path("/sys/fs/cgroup")
    lines = [line.split(":") for line in Path("/proc/self/cgroup").read_text().splitlines()]
    of = {name: path for _, names, path in lines for name in names.split(",")}
    path = f"{of.get('memory', of.get('', '/')).strip('/')}/job_4711/step_batch".lstrip("/")
    tops = [root / "memory", root / "cpuacct"] if "memory" in of else [root]
    try:
        for top in tops:
            # One that was killed may have left it.
            (top / path).mkdir(parents=True, exist_ok=True)
        if not any((top / path / name).exists() for top in tops for name in PEAKS):
            pytest.skip("no control group here tells of memory")
        yield [top / path for top in tops]
    except OSError as error:
        pytest.skip(f"no control group can be made here: {error}")
    finally:
        for top in tops:
            for folder in (top / path, *(top / path).parents):
                with suppress(OSError):  # it is not ours, or not empty
                    if folder.is_relative_to(top) and folder != top:
                        folder.rmdir()


def test_a_control_group_of_the_job_s_own_tells_of_all_that_was_in_it(
    world: World, groups: list[Path]
) -> None:
    need_proc(world)
    # srun's processes are no children of the script: this one is handed to init.
    apart = f"({sys.executable} -c 'held = bytearray(90 * 2**20)' &)"
    enter = [f"echo $$ >{group}/cgroup.procs" for group in groups]
    asked = "SLURM_JOB_ID=4711 SLURM_JOB_CPUS_PER_NODE='4(x1)' SLURM_MEM_PER_NODE=2048"
    limit = "SLURM_JOB_START_TIME=1000 SLURM_JOB_END_TIME=4600 SLURM_GPUS_ON_NODE=2"
    exported = f"export {asked} {limit}"
    wrapped = '"$GITBATCH" run ./busy'
    usage = told(world, script(apart, BUSY.format(0.3)), exported, *enter, wrapped)
    assert usage.cpu is not None
    assert usage.cpu >= 0.29
    assert usage.memory is not None
    assert usage.memory >= 90 * 2**20
    assert (usage.cores, usage.memory_asked, usage.limit, usage.gpus) == (4, 2 * 2**30, 3600, 2)


def test_a_control_group_of_version_2_tells_of_its_peak_and_processor_time(
    world: World, tmp_path_factory: pytest.TempPathFactory
) -> None:
    need_proc(world)
    path = "system.slice/slurmstepd.scope/job_4711"
    group = of_version_2(world, tmp_path_factory.mktemp("groups"), path, "step_batch/user/task_0")
    usage = told(world, "export SLURM_JOB_ID=4711", '"$GITBATCH" run true')
    assert (usage.cpu, usage.memory) == (2.34, 123456789)
    (group / "memory.peak").unlink()  # as before Linux 5.19
    usage = told(world, "export SLURM_JOB_ID=4711", '"$GITBATCH" run true')
    assert (usage.cpu, usage.memory) == (2.34, None)


OTHERS = {
    "a container whose digest has the number in it": "docker/04ef4711f3587e3a8206c7a5b36cf6df",
    "an account of that number, of all its jobs": "slurm/uid_4711",
}


@pytest.mark.parametrize("name", OTHERS)
def test_a_control_group_is_not_the_job_s_for_any_digits_in_its_name(
    name: str, world: World, tmp_path_factory: pytest.TempPathFactory
) -> None:
    need_proc(world)
    of_version_2(world, tmp_path_factory.mktemp("groups"), OTHERS[name], "step")
    known = "SLURM_JOB_ID=4711 SLURM_JOB_CPUS_PER_NODE=1"
    usage = told(world, f"export {known}", '"$GITBATCH" run true')
    assert usage.memory is None


def of_version_2(world: World, folder: Path, group: str, below: str) -> Path:
    """A stand-in, since of two versions a machine has memory in one only: jobs are `below` it."""
    top, own = folder / "cgroup", folder / "own"
    (top / group / below).mkdir(parents=True)
    (top / group / "memory.peak").write_text("123456789\n")
    words = "usage_usec 2345678\nuser_usec 2000000\nsystem_usec 345678\n"
    (top / group / "cpu.stat").write_text(words)
    own.write_text(f"0::/{group}/{below}\n")
    program = world.repo / "gitbatch/gitbatch"
    text = program.read_text()
    assert "/proc/self/cgroup" in text
    program.write_text(
        text.replace("/proc/self/cgroup", str(own)).replace("/sys/fs/cgroup", str(top))
    )
    return top / group


def test_without_one_nothing_is_said_of_processes_that_are_nobodys_children(world: World) -> None:
    usage = told(world, "export SLURM_JOB_ID=4711", '"$GITBATCH" run sleep 1')
    assert (usage.cpu, usage.memory) == (None, None)


def test_the_year_that_slurm_gives_a_job_without_a_limit_is_none(world: World) -> None:
    times = "SLURM_JOB_START_TIME=1000 SLURM_JOB_END_TIME=31537000"
    limit = f"export SLURM_JOB_ID=4711 SLURM_JOB_CPUS_PER_NODE=2 {times}"
    assert told(world, limit, '"$GITBATCH" run true').limit is None


def test_what_accounting_says_later_is_a_record_of_its_own(world: World) -> None:
    number = world.submit(schedule('"$GITBATCH" run true'))
    world.settled(number)
    said = world.call(
        str(world.repo / "gitbatch/gitbatch"), "used", stdin=f"{number} memory=900 limit=60\n"
    )
    assert said.status == 0, said
    record = world.bare("log", "-1", "--format=%B", "refs/gitbatch/log")
    assert record.splitlines()[:4] == [
        f"run {number}: used", "", f"Run: {number}", "Finding: used",
    ]  # fmt: skip
    assert "Used: memory=900 limit=60" in record
