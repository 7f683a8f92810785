"""The jobs and tasks of a run, after its end; and running only those that failed again."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from gitbatch_tui.core.runs.outcome import outcome, state_words
from gitbatch_tui.core.runs.record_files import parse_tasks, tasks_in_order, tasks_of
from gitbatch_tui.core.submit.rerun import failed_tasks
from gitbatch_tui.errors import Refused
from gitbatch_tui.models import Job, Run, State, Task

if TYPE_CHECKING:
    from tests.support.project import Project

RUN = Run("batch", 1, State.RUNNING, "master", "c" * 40)


def task(name: str, state: State = State.FAILED) -> Task:
    scheduler, _, number = name.partition(" ")
    return Task(Job(scheduler, number), state)


def test_a_task_of_a_record_is_read_with_all_that_is_known_of_it() -> None:
    (found,) = parse_tasks(
        "job=slurm 11_3\tstate=failed\texit=7\tsignal=\tstart=2026-11-25T20:00:00Z\t"
        "end=2026-11-25T20:01:00Z\thost=n1\tlog=log.2\tname=sweep\treason=out of \x1b[1mmemory\n"
        "nonsense\n\n"
    )
    assert found == Task(
        Job("slurm", "11_3"),
        State.FAILED,
        "out of <ESC>[1mmemory",
        7,
        "",
        datetime(2026, 11, 25, 20, tzinfo=UTC),
        datetime(2026, 11, 25, 20, 1, tzinfo=UTC),
        "n1",
        "log.2",
        "sweep",
    )


def test_tasks_are_in_the_order_of_their_numbers_those_that_failed_first() -> None:
    good = [task(f"slurm 11_{number}", State.SUCCEEDED) for number in (10, 9, 1)]
    bad = [task("slurm 11_12"), task("slurm 11_2", State.CANCELLED)]
    ids = [each.job.id for each in tasks_in_order([*good, *bad])]
    assert ids == ["11_2", "11_12", "11_1", "11_9", "11_10"]


@pytest.mark.parametrize(
    ("facts", "words", "whole"),
    [
        ({}, "running", "running"),
        ({"reason": "2 running"}, "running", "running: 2 running"),
        ({"state": State.FAILED, "exit": 7, "reason": "exit status 7"}, "failed 7", "failed 7"),
        (
            {"state": State.FAILED, "exit": 1, "reason": "exit status 1: ValueError: x"},
            "failed 1",
            "failed 1: ValueError: x",
        ),
        (
            {"state": State.FAILED, "reason": "reached its time limit"},
            "failed",
            "failed: reached its time limit",
        ),
        ({"state": State.SUCCEEDED, "exit": 0, "reason": "x"}, "succeeded", "succeeded"),
        (
            {"state": State.QUEUED, "held": True, "reason": "held by you"},
            "queued, held",
            "queued, held: held by you",
        ),
        (
            {"stuck": "slurm 12 can never begin", "reason": "1 failed"},
            "running, stuck",
            "running, stuck: slurm 12 can never begin",
        ),
    ],
)
def test_what_became_of_a_run_is_said_in_a_few_words(
    facts: dict[str, object], words: str, whole: str
) -> None:
    run = replace(RUN, **facts)  # type: ignore[arg-type]  # by name
    assert (state_words(run), outcome(run)) == (words, whole)


USES = '#!/bin/sh\necho "tasks: ${GITBATCH_TASKS:-1-10}"\n"$GITBATCH" spawn ./run.sh\n'


def begun(project: Project, schedule: str, *tasks: Task) -> Run:
    """A run of this schedule.sh, as if these tasks of it had ended."""
    number = project.world.submit({"schedule.sh": schedule, "run.sh": "#!/bin/sh\n"})
    project.world.settled(number)
    return replace(project.run(number), tasks=tasks)


def test_the_tasks_that_failed_can_be_run_again_alone(project: Project) -> None:
    tasks = [task(f"slurm 11_{number}") for number in (10, 9, 2)]
    run = begun(project, USES, *tasks, task("slurm 11_1", State.SUCCEEDED))
    assert failed_tasks(project.clone, run) == (2, 9, 10)
    heard: list[str] = []
    again = project.server.rerun(run.number, ["x=1"], heard.append, (2, 9, 10))
    project.world.settled(again.run)
    assert heard[0] == "tasks: 2,9,10"
    assert project.run(again.run).origin == f"rerun {run.number}, tasks 2,9,10"
    heard.clear()
    project.world.settled(project.server.rerun(again.run, (), heard.append).run)
    assert heard[0] == "tasks: 1-10", "that of a rerun is for that one only"


@pytest.mark.parametrize(
    ("schedule", "tasks", "why"),
    [
        (USES, [task("slurm 11_1", State.SUCCEEDED)], "batch#1 has no failed tasks"),
        (USES, [task("slurm 11_1"), task("slurm 12")], "slurm 11_1, slurm 12 failed"),
        (USES, [task("slurm 11_1"), task("slurm 12_1")], "which are not tasks of one array"),
        (USES.replace("GITBATCH_TASKS", "TASKS"), [task("sge 9.4")], "doesn't use GITBATCH_TASKS"),
    ],
)  # fmt: skip
def test_where_only_all_of_it_can_be_run_again_that_is_said(
    project: Project, schedule: str, tasks: list[Task], why: str
) -> None:
    run = begun(project, schedule, *tasks)
    with pytest.raises(Refused, match=why):
        failed_tasks(project.clone, run)


@pytest.mark.parametrize("tasks", ["", "$(id)", "1;2", "a"])
def test_only_numbers_are_tasks(project: Project, tasks: str) -> None:
    number = project.finish("true")
    assert (
        "--tasks takes the numbers"
        in project.world.gitbatch("rerun", str(number), "--tasks", tasks).output
    )


def test_a_run_without_several_jobs_has_no_tasks(project: Project) -> None:
    assert tasks_of(project.clone, project.run(project.finish("true"))) == ()
