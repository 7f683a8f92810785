"""The schedulers' own files of jobs, as pages of a run's log."""

from __future__ import annotations

from gitbatch_tui.core.jobs.output_files import pages_of
from gitbatch_tui.core.schedulers.adapter import JobState
from gitbatch_tui.models import Job, State


def ended(state: State, **files: str) -> JobState:
    return JobState(state, files=files)


def array(job: str, *tasks: JobState) -> dict[Job, JobState]:
    named = {f"{job}_{index}": task for index, task in enumerate(tasks, 1)}
    return {Job("slurm", job): JobState(State.RUNNING, tasks=named)}


def test_a_single_jobs_files_have_plain_names_and_stdout_comes_first() -> None:
    job = ended(State.SUCCEEDED, stderr="/e", events="/v", stdout="/o")
    assert list(pages_of({Job("htcondor", "7"): job})) == [
        ("stdout", "/o"),
        ("stderr", "/e"),
        ("events", "/v"),
    ]


def test_what_tasks_share_is_there_once_and_those_that_failed_come_first() -> None:
    tasks = [ended(State.SUCCEEDED, stderr=f"/e{n}", stdout=f"/o{n}", events="/v") for n in "123"]
    tasks[2] = ended(State.FAILED, stderr="/e3", stdout="/o3", events="/v")
    assert list(pages_of(array("7", *tasks))) == [
        ("stdout", "/o3"),
        ("stdout.7_3", "/o3"),
        ("stdout.7_1", "/o1"),
        ("stdout.7_2", "/o2"),
        ("stderr.7_3", "/e3"),
        ("stderr.7_1", "/e1"),
        ("stderr.7_2", "/e2"),
        ("events", "/v"),
    ]


def test_tasks_come_in_numeric_order() -> None:
    tasks = [ended(State.RUNNING, stdout=f"/o{n}") for n in range(1, 12)]
    names = [name for name, _ in pages_of(array("7", *tasks))]
    assert names == [f"stdout.7_{n}" for n in range(1, 12)]


def test_each_of_several_jobs_has_its_own_and_odd_ids_make_plain_names() -> None:
    states = {
        Job("pbs", "9.node1"): ended(State.RUNNING, stdout="/a"),
        **array("10", ended(State.RUNNING, stdout="/b"), ended(State.RUNNING, stdout="/b")),
        Job("pbs", "11[2].node1"): ended(State.RUNNING, stdout="/c"),
    }
    assert list(pages_of(states)) == [
        ("stdout.9.node1", "/a"),
        ("stdout.10", "/b"),
        ("stdout.11_2_.node1", "/c"),
    ]
