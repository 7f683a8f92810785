"""Orders and questions to real schedulers, by the adapters' own scripts: Slurm and Grid Engine."""

from __future__ import annotations

import os
import re
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from gitbatch_tui.core.schedulers.outcome import outcome_of
from gitbatch_tui.core.schedulers.sge import Sge
from gitbatch_tui.core.schedulers.slurm import Slurm as Adapter
from gitbatch_tui.models import State
from tests.support.scripts import answer
from tests.support.servers.slurm import HOST, OTHER, Slurm
from tests.support.waiting import wait_until

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from gitbatch_tui.core.schedulers.adapter import JobState
    from tests.support.servers.sge import Cell

pytestmark = pytest.mark.timeout(180)

PATIENCE = 40
# Not for ever, where nobody is left to end it.
LONG = "sleep 170"


class OfSlurm:
    """Asks the cluster, whose configuration the environment names."""

    @pytest.fixture(autouse=True)
    def _cluster(self, slurm: Slurm) -> None:
        self.slurm = slurm

    def submit(self, *options: str, job: str = LONG) -> str:
        return self.slurm.call("sbatch", "--parsable", *options, "--wrap", job)

    def states(self, *jobs: str) -> dict[str, JobState]:
        return Adapter().read(answer(Adapter().ask, *jobs), jobs)

    def comes_to(self, job: str, test: Callable[[JobState], bool]) -> JobState:
        seen: list[JobState] = []

        def there() -> bool:
            seen.extend(self.states(job).values())
            return bool(seen) and test(seen[-1])

        wait_until(there, PATIENCE)
        return seen[-1]

    def raw(self, job: str, field: str) -> list[str]:
        return self.slurm.call("squeue", "-h", "-a", "-r", "-j", job, "-o", field).split("\n")


class TestOrdersToSlurm(OfSlurm):
    """Two processors: the first two tasks of an array run, the others wait."""

    def test_only_the_waiting_tasks_of_an_array_are_held_and_released(self) -> None:
        job = self.submit("-a", "1-5")
        self.comes_to(job, lambda each: "2 running" in each.reason)
        said = answer(Adapter().hold, job, "999999")
        assert outcome_of(said, [job, "999999"]) == ((job,), {})
        running = [line for line in self.raw(job, "%T %r") if line.startswith("RUNNING")]
        assert running == ["RUNNING None"] * 2
        state = self.states(job)[job]
        assert (state.held, state.never) == (True, False)
        assert [task.held for task in state.tasks.values()].count(True) == 3
        assert outcome_of(answer(Adapter().hold, f"{job}_1"), [f"{job}_1"]).done == ()
        assert outcome_of(answer(Adapter().release, job), [job]).done == (job,)
        assert not any("Held" in line for line in self.raw(job, "%r"))
        assert outcome_of(answer(Adapter().release, job), [job]) == ((), {})

    def test_a_task_is_held_by_itself(self) -> None:
        job = self.submit("-a", "1-4", "-H")
        answer(Adapter().release, job)
        self.comes_to(job, lambda each: "2 running" in each.reason)
        assert outcome_of(answer(Adapter().hold, f"{job}_4"), [f"{job}_4"]).done == (f"{job}_4",)
        held = [line.split()[0] for line in self.raw(job, "%i %r") if "JobHeld" in line]
        assert held == [f"{job}_4"]

    def test_each_job_is_cancelled_or_said_not_to_be_there(self) -> None:
        running, held = self.submit(), self.submit("-H")
        over = self.submit(job="true")
        self.comes_to(over, lambda each: each.state.final)
        said = answer(Adapter().cancel, running, held, over, "999999")
        assert outcome_of(said, [running, held, over, "999999"]) == ((running, held), {})
        wait_until(lambda: self.states(running)[running].state is State.CANCELLED, PATIENCE)

    def test_a_cluster_that_is_not_there_is_no_success(self) -> None:
        ids = ["7@nowhere", self.submit("-H")]
        found = outcome_of(answer(Adapter().cancel, *ids), ids)
        assert found.done == (ids[1],)
        assert list(found.failed) == ["7@nowhere"]

    def test_a_controller_that_hangs_holds_nobody_for_long(self) -> None:
        job = self.submit("-H")
        self.slurm.freeze()
        for script in (Adapter().ask, Adapter().find, Adapter().hold):
            said = answer(script, job, patience=1)
            assert script != Adapter().hold or list(outcome_of(said, [job]).failed) == [job]
        with pytest.raises(ValueError, match="squeue did not answer in time"):
            Adapter().read(answer(Adapter().ask, job, patience=1), {job})

    def test_the_jobs_of_a_folder_are_found(self, tmp_path: Path) -> None:
        inside, outside = tmp_path / "a b", tmp_path / "a b.other"
        for folder in (inside / "c", outside):
            folder.mkdir(parents=True)
        mine = self.submit("-H", "-D", str(inside / "c"), "-a", "1-3")
        self.submit("-H", "-D", str(outside))
        found = answer(Adapter().find, str(inside))
        assert (found.status, found.stdout.decode().split()) == (0, [mine])
        assert len(answer(Adapter().find, "/").stdout.split()) >= 2


class TestWhatSlurmTells(OfSlurm):
    """More than the state of a job."""

    def test_where_since_when_and_under_which_name_a_job_runs(self, tmp_path: Path) -> None:
        job = self.submit("-J", "a|b %j", "-D", str(tmp_path))
        state = self.comes_to(job, lambda each: each.state is State.RUNNING)
        assert (state.host, state.name, state.directory) == (HOST, "a|b %j", str(tmp_path))
        assert state.started
        assert state.submitted
        assert state.started >= state.submitted

    def test_the_parts_of_a_heterogeneous_job_are_told_apart(self, tmp_path: Path) -> None:
        script = tmp_path / "job.sh"
        script.write_text("#!/bin/sh\necho hello\nexit 3\n")
        where = ("-D", str(tmp_path), "-p", "pair", "-n1")
        words = self.slurm.call(
            "sbatch", "--parsable", *where, "-w", HOST, ":", *where, "-w", OTHER, str(script)
        )
        state = self.comes_to(words, lambda each: each.state.final)
        assert {part: (each.exit, each.host) for part, each in state.tasks.items()} == {
            f"{words}+0": (3, HOST),
            f"{words}+1": (3, OTHER),
        }
        first, second = state.tasks.values()
        assert second.files == {}
        assert Path(first.files["stdout"]).read_text() == "hello\n"
        found = answer(Adapter().find, str(tmp_path))
        assert found.stdout.decode().split() == [words]

    def test_when_a_job_is_to_begin_is_why_it_waits_and_no_estimate(self) -> None:
        job = self.submit("--begin=now+1hour")
        state = self.comes_to(job, lambda each: each.state is State.QUEUED)
        assert state.submitted
        begins = state.submitted + timedelta(hours=1)
        times = {begins + timedelta(minutes=each) for each in (-1, 0, 1)}
        assert state.reason in {f"begins at {time:%Y-%m-%d %H:%M} UTC" for time in times}
        assert state.estimate is None

    @pytest.mark.parametrize("shell", ["dash", "bash", "busybox sh"])
    def test_fields_that_a_version_does_not_know_are_done_without(self, shell: str) -> None:
        job = self.submit("-H")
        assert "JobArrayID,JobID," in Adapter().ask
        newer = Adapter().ask.replace("JobArrayID,JobID,", "NoMore,JobArrayID,also_gone,JobID,")
        said = answer(newer, job, shell=shell)
        assert Adapter().read(said, {job})[job].reason == "held by you"

    def test_a_chain_whose_first_job_failed_can_never_go_on(self) -> None:
        first = self.submit(job="exit 1")
        second = self.submit("-d", f"afterok:{first}")
        third = self.submit("-d", f"afterok:{second}")
        assert self.comes_to(second, lambda each: each.never).reason == (
            "what it waits for did not come: will never start"
        )
        assert self.states(second, third)[third].never

    def test_names_of_files_are_as_slurm_fills_them_in(self, tmp_path: Path) -> None:
        pattern = "N%N n%n t%t s%s j%j x%x u%u A%A a%a J%J %5j %%"
        names = [
            "-J",
            "odd $na|me%j",
            "-o",
            f"{tmp_path}/{pattern}",
            "-e",
            f"{tmp_path}/{pattern}e",
        ]
        plain, array = self.submit(*names, job="true"), self.submit(*names, "-a", "3", job="true")
        for job in (plain, array):
            state = self.comes_to(job, lambda each: each.state.final)
            state = next(iter(state.tasks.values()), state)
            assert list(state.files) == ["stdout", "stderr"]
            for path in state.files.values():
                assert Path(path).exists(), list(tmp_path.iterdir())


@pytest.fixture
def cell(sge: Cell) -> Iterator[Cell]:
    yield sge
    sge.call("qdel", "-u", "*")
    wait_until(lambda: not sge.call("qstat", "-u", "*").strip(), PATIENCE)


class TestOrdersToGridEngine:
    """Four slots: the first four tasks of an array run, the others wait."""

    @pytest.fixture(autouse=True)
    def _cell(self, cell: Cell) -> None:
        self.cell = cell
        self.env = {"PATH": f"{cell.programs}:{os.environ['PATH']}"}

    def submit(self, *options: str, job: str = LONG) -> str:
        quiet = ("-o", "/dev/null", "-e", "/dev/null")
        words = ("-terse", "-cwd", *quiet, "-b", "y", *options, "sh", "-c", f"'{job}'")
        said = self.cell.call("qsub", *words)
        return str(re.findall(r"\d+", said)[0])

    def comes_to(self, job: str, test: Callable[[JobState], bool], *others: str) -> JobState:
        seen: list[JobState] = []

        def there() -> bool:
            ids = [job, *others]
            states = Sge().read(answer(Sge().ask, *ids, env=self.env), ids)
            seen.extend(state for each, state in states.items() if each == job)
            return bool(seen) and test(seen[-1])

        wait_until(there, PATIENCE)
        return seen[-1]

    def test_only_the_waiting_tasks_of_an_array_are_held_and_released(self) -> None:
        job = self.submit("-t", "1-7")
        self.comes_to(job, lambda each: "4 running" in each.reason)
        said = answer(Sge().hold, job, "999999", env=self.env)
        assert outcome_of(said, [job, "999999"]) == ((job,), {})
        assert " hr " not in self.cell.call("qstat", "-u", "*")
        state = self.comes_to(job, lambda each: each.held)
        assert [task.held for task in state.tasks.values()].count(True) == 3
        for task, done in ((f"{job}.1", ()), (f"{job}.6", (f"{job}.6",))):
            said = answer(Sge().release, task, env=self.env)
            assert outcome_of(said, [task]).done == done
        self.comes_to(job, lambda each: not each.held)
        assert outcome_of(answer(Sge().release, job, env=self.env), [job]).done == (job,)
        assert "hqw" not in self.cell.call("qstat", "-u", "*")

    def test_each_job_is_cancelled_or_said_not_to_be_there(self) -> None:
        running, held = self.submit(), self.submit("-h")
        self.comes_to(running, lambda each: each.state is State.RUNNING)
        ids = [running, held, "999999"]
        assert outcome_of(answer(Sge().cancel, *ids, env=self.env), ids) == ((running, held), {})

    def test_what_waits_for_a_job_in_error_can_never_begin(self) -> None:
        first = self.submit(job="exit 100")
        second = self.submit("-hold_jid", first)
        third = self.submit("-hold_jid", second)
        state = self.comes_to(third, lambda each: each.never, second)
        assert state.reason == (f"waits for job {first}, which ended in an error: will never start")
        assert self.comes_to(first, lambda each: each.never).reason.startswith(
            "ended with exit status 100. Cancel it"
        )

    def test_the_jobs_of_a_folder_are_found(self, tmp_path: Path) -> None:
        inside, outside = tmp_path / "a", tmp_path / "a.other"
        ids = []
        for folder in (inside, outside):
            folder.mkdir()
            ids.append(self.submit("-h", "-wd", str(folder)))
        found = answer(Sge().find, str(inside), env=self.env)
        assert (found.status, found.stdout.decode().split()) == (0, ids[:1])
