"""Sweeps on the command line: planned, submitted in one go, and gone on with."""

from __future__ import annotations

import os
import signal
import subprocess
from typing import TYPE_CHECKING

from tests.support.command_line import ROOT, call, command
from tests.support.servers.sshd import HOST
from tests.support.waiting import wait_until
from tests.support.worlds import JOB_OF_ITS_OWN, NO_JOB

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.project import Project
    from tests.support.servers.sshd import Sshd
    from tests.support.worlds import World

PROJECT = {
    "schedule.sh": JOB_OF_ITS_OWN,
    "run.sh": '#!/bin/sh\necho "$GITBATCH_OPTION_lr" >rate\ntest "$GITBATCH_OPTION_lr" != 9\n',
}


def numbers(world: World) -> list[int]:
    return sorted(int(path.name) for path in (world.base / "runs").glob("[0-9]*"))


def test_a_sweep_is_planned_submitted_and_told(project: Project) -> None:
    commit = project.world.commit(PROJECT)
    said = call(project, "submit", "--sweep", "lr=1,9", "--sweep", "seed=1..2", "--wait")
    assert f"4 runs of master {commit[:7]}: lr x seed.\n" in said.err
    assert "batch#1  lr=1  seed=1\n" in said.out
    assert said.out.endswith("sweep:1: 4 runs.\n")
    assert "no run" not in said.err
    assert said.status == 1
    states = project.states()
    assert sorted(states.values()) == ["failed", "failed", "succeeded", "succeeded"]
    runs = project.listing().runs
    assert {run.sweep for run in runs} == {1}
    assert {run.options for run in runs} == {
        (f"lr={rate}", f"seed={seed}") for rate in (1, 9) for seed in (1, 2)
    }


def test_a_sweep_for_programs(project: Project) -> None:
    project.world.commit({**PROJECT, "schedule.sh": NO_JOB})
    said = call(project, "submit", "--sweep", "lr=1..2", "-o", "seed=7", "--json")
    assert said.status == 0
    assert said.json["sweep"] == "sweep:1"
    assert [run["options"] for run in said.json["runs"]] == [["seed=7", "lr=1"], ["seed=7", "lr=2"]]
    assert {run["state"] for run in said.json["runs"]} == {"submitted"}


def test_the_same_sweep_runs_again_only_when_that_is_wanted(project: Project) -> None:
    project.world.commit({**PROJECT, "schedule.sh": NO_JOB})
    words = ("submit", "--sweep", "lr=1..2")
    assert call(project, *words).status == 0
    said = call(project, *words)
    assert said.status == 1
    assert "sweep:1 ran just these rows" in said.err
    assert numbers(project.world) == [1, 2]
    assert call(project, *words, "--again").out.endswith("sweep:3: 2 runs.\n")
    assert call(project, "submit", "--sweep", "lr=1..3").out.endswith("sweep:5: 3 runs.\n")


def test_a_commit_that_is_there_already_is_not_pushed_again(project: Project) -> None:
    project.world.commit({**PROJECT, "schedule.sh": NO_JOB})
    call(project, "submit")
    assert call(project, "submit", "--sweep", "lr=1..2").status == 0
    assert numbers(project.world) == [1, 2, 3]


def test_what_looks_wrong_or_large_is_asked_about(project: Project) -> None:
    project.world.commit({**PROJECT, "schedule.sh": NO_JOB})
    for words, why in (
        (("-o", "lr=0.1 epochs=4"), "epochs would be one of its own"),
        (("--sweep", "lr=0.1 epochs=4"), "epochs would be one of its own"),
        (("--sweep", "a=1..100", "--sweep", "b=1..100"), "10,000 runs would be submitted"),
        (("--sweep", "a=2..1"), "has no values"),
        (("--at-most", "2"), "--at-most is for a sweep"),
    ):
        said = call(project, "submit", *words)
        assert said.status == 1
        assert why in said.err
    assert numbers(project.world) == []
    assert call(project, "submit", "-o", "lr=0.1 epochs=4", "--yes").status == 0


def test_a_file_with_a_fault_submits_nothing(project: Project, tmp_path: Path) -> None:
    project.world.commit({**PROJECT, "schedule.sh": NO_JOB})
    file = tmp_path / "rows.csv"
    file.write_text("lr,seed\n1,2\n1,2,3\n")
    said = call(project, "submit", "--sweep-file", str(file))
    assert said.status == 1
    assert "rows.csv, line 3: 2 values were expected (lr, seed), not 3" in said.err
    assert numbers(project.world) == []
    file.write_text("lr,seed\n1,2\n1,3\n")
    assert call(project, "submit", "--sweep-file", str(file)).out.endswith("sweep:1: 2 runs.\n")


def test_a_submit_that_is_stopped_goes_on_and_again_tells_of_all(project: Project) -> None:
    world = project.world
    world.commit({**PROJECT, "schedule.sh": "#!/bin/sh\nsleep 0.2\n"})
    words = ("submit", "--sweep", "lr=1..20")
    with subprocess.Popen(
        command(project, *words), cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    ) as submit:
        wait_until((world.run(2) / "scheduled").exists, what="some to have begun")
        os.kill(submit.pid, signal.SIGINT)
        _, err = submit.communicate(timeout=30)
    assert b"the same command again starts only what is missing" in err
    runs = world.base / "runs"
    wait_until(lambda: len(list(runs.glob("[0-9]*/scheduled"))) == 20, 60, "the rest")
    assert numbers(world) == list(range(1, 21))
    assert "ran just these rows" in call(project, *words).err


def test_a_sweep_over_ssh(project: Project, sshd: Sshd) -> None:
    del sshd
    project.world.commit({**PROJECT, "schedule.sh": NO_JOB})
    project.move_behind(HOST)
    assert call(project, "submit", "--sweep", "lr=1..5").out.endswith("sweep:1: 5 runs.\n")
    assert numbers(project.world) == [1, 2, 3, 4, 5]


def test_a_batch_remote_of_before_is_told_to_be_upgraded(project: Project) -> None:
    project.world.commit({**PROJECT, "schedule.sh": NO_JOB})
    program = project.world.repo / "gitbatch/gitbatch"
    program.write_text(program.read_text().replace("\\tsweep=yes", ""))
    said = call(project, "submit", "--sweep", "lr=1..2")
    assert said.status == 1
    assert "of an older version, which knows of no sweeps" in said.err
    assert project.world.tip("master") == "" or numbers(project.world) == []
