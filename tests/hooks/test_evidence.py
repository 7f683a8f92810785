"""Files that are empty or can't be read, and clocks that are wrong, prove nothing."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from tests.support.faults import can_trace
from tests.support.waiting import wait_until
from tests.support.worlds import JOB_OF_ITS_OWN, shells_alone

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.worlds import World

JOB = {"schedule.sh": JOB_OF_ITS_OWN, "run.sh": "#!/bin/sh\necho new >result\n"}
WITHOUT_GIT = "sh setsid cat mv ln rm date sleep getconf grep awk ps tr uname".split()
FILES = ["request", "scheduled", "started", "finished", "jobs"]
WRONG = {"failed", "lost", "rejected", "cancelled", "absent"}


@pytest.fixture
def ended(world: World, tmp_path_factory: pytest.TempPathFactory) -> int:
    """A run whose job ended well where there is no git: it is not settled."""
    tools = shells_alone(tmp_path_factory.mktemp("tools"))
    for name in WITHOUT_GIT:
        if program := shutil.which(name, path=world.env["PATH"]):
            (tools / name).symlink_to(program)
    schedule = f'#!/bin/sh\nPATH={tools} exec "$GITBATCH" spawn ./run.sh\n'
    run = world.submit(JOB | {"schedule.sh": schedule})
    wait_until(lambda: world.facts(run, "finished"), what="the job's end")
    wait_until(lambda: not list((world.base / "queue").iterdir()), what="a free slot")
    assert world.status(run)["state"] == "succeeded"
    return run


def is_settled_well(world: World, run: int) -> None:
    facts = world.settled_by_contact(run)
    assert (facts["state"], facts["place"]) == ("succeeded", "master")


@pytest.mark.parametrize("name", FILES)
def test_an_empty_file_is_no_evidence(world: World, ended: int, name: str) -> None:
    path = world.run(ended) / name
    text = path.read_text()
    path.write_text("")
    assert world.status(ended)["state"] not in WRONG
    world.gitbatch("status")
    world.gitbatch("settle", str(ended))
    assert world.facts(ended).get("state", "succeeded") == "succeeded"
    path.write_text(text)
    is_settled_well(world, ended)


def unreadable(path: Path, error: str) -> list[str]:
    """What comes before a command that can't open this file."""
    return [
        "strace",
        "-f",
        "-o",
        "/dev/null",
        "-P",
        str(path),
        "-e",
        f"inject=openat:error={error}",
    ]


@pytest.mark.skipif(bool(can_trace()), reason=can_trace() or "-")
@pytest.mark.parametrize("error", ["EIO", "ESTALE"])
@pytest.mark.parametrize("name", FILES)
def test_a_file_that_can_not_be_read_is_no_evidence(
    world: World, ended: int, name: str, error: str
) -> None:
    helper = world.repo / "gitbatch/gitbatch"
    before = unreadable(world.run(ended) / name, error)
    lines = world.call(*before, helper, "status", str(ended), at=world.root).lines
    (line,) = [line for line in lines if line.startswith(f"run={ended}\t")]
    assert line.split("\t")[1].partition("=")[2] not in WRONG
    world.call(*before, helper, "settle", str(ended), at=world.root)
    assert world.facts(ended).get("state", "succeeded") == "succeeded"
    is_settled_well(world, ended)


@pytest.mark.skipif(bool(can_trace()), reason=can_trace() or "-")
def test_a_settled_file_that_can_not_be_read_is_unknown(world: World, ended: int) -> None:
    is_settled_well(world, ended)
    records = world.bare("rev-list", "--count", "refs/gitbatch/log")
    before = unreadable(world.run(ended) / "settled", "EIO")
    helper = world.repo / "gitbatch/gitbatch"
    lines = world.call(*before, helper, "status", str(ended), at=world.root).lines
    (line,) = [line for line in lines if line.startswith(f"run={ended}\t")]
    assert "\tstate=unknown\t" in line
    assert world.bare("rev-list", "--count", "refs/gitbatch/log") == records
    assert world.status(ended)["state"] == "succeeded"


def clock(world: World, folder: Path, offset: str) -> None:
    """From now on this world's clock is wrong."""
    folder.mkdir(exist_ok=True)
    date = shutil.which("date")
    world.script(folder / "date", f'#!/bin/sh\nexec {date} --date="{offset}" "$@"\n')
    if str(folder) not in world.env["PATH"]:
        world.env["PATH"] = f"{folder}:{world.env['PATH']}"


@pytest.mark.parametrize("offsets", [["1 day", "-1 day"], ["-1 day", "1 day"]], ids=str)
def test_a_wrong_clock_changes_no_order_and_no_state(
    world: World, offsets: list[str], tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("clock")
    waits = "#!/bin/sh\nuntil test -e ../go; do sleep 0.1; done\necho new >result\n"
    world.bare("config", "gitbatch.localSlots", "4")
    runs = []
    for number, offset in enumerate(["0 day", *offsets]):
        clock(world, folder, offset)
        runs.append(world.submit(JOB | {"run.sh": waits}, branch=f"b{number}"))
    assert runs == [1, 2, 3]
    wait_until(
        lambda: [world.status(run)["state"] for run in runs] == ["running"] * 3, what="their begin"
    )
    for run, offset in zip(runs, reversed(["0 day", *offsets]), strict=True):
        clock(world, folder, offset)
        (world.run(run) / "go").touch()
        assert world.settled(run)["state"] == "succeeded"
    subjects = world.bare("log", "--reverse", "--format=%s", "refs/gitbatch/log").splitlines()
    assert subjects[1:] == [
        *(f"run {run} submitted" for run in runs),
        *(f"run {run} succeeded" for run in runs),
    ]


def test_what_is_kept_is_known_as_kept_whatever_the_clocks_said(
    world: World, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("clock")
    world.commit(JOB)
    # git itself stops looking where a few commits in a row are older than what it looks for.
    for number, offset in enumerate(["2 days", *["0 day"] * 8]):
        clock(world, folder, offset)
        # One commit for all: which of many was made first in a second, git can't know.
        run = world.push(f"HEAD:refs/heads/b{number}").run
        assert world.settled(run)["state"] == "succeeded"
    result = world.facts(1)["result"]
    assert world.bare("rev-list", result, "--not", "refs/gitbatch/keep") != ""
    proof = next(line for line in world.gitbatch("verify", "1").lines if line.startswith("proof\t"))
    assert "\tkept=yes\t" in proof
    lines = world.gitbatch("prune").lines
    assert [line for line in lines if "kept=" in line] == []
    assert sum(line.startswith("run=") for line in lines) == 9


def begins(world: World, run: int, time: str) -> None:
    """Job 7 of the run begins where it can't be seen from here, at this time of that machine."""
    (world.run(run) / "started").write_text(
        f"host: node17\ntime: {time}\nprocess: 4711 1 0000-boot/1 node17\njob: slurm 7\n"
    )


def test_what_its_scheduler_says_of_a_job_whose_clock_is_ahead_counts_until_it_begins_again(
    world: World, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("clock")
    run = world.submit({"schedule.sh": '#!/bin/sh\n"$GITBATCH" job slurm 7\n'})
    begins(world, run, "2099-01-01T00:00:00Z")
    world.tell(run, "job=slurm 7\tstate=failed\texit=3")
    begins(world, run, "2099-01-01T00:00:01Z")
    clock(world, folder, "61 seconds")
    assert world.status(run)["state"] == "running"
    world.tell(run, "job=slurm 7\tstate=failed\texit=3")
    assert world.settled_by_contact(run)["state"] == "failed"


def test_what_a_person_says_of_a_job_whose_clock_is_ahead_counts(world: World) -> None:
    run = world.submit({"schedule.sh": '#!/bin/sh\n"$GITBATCH" job slurm 7\n'})
    begins(world, run, "2099-01-01T00:00:00Z")
    assert world.gitbatch("settle", str(run), "failed", "3").output == f"run {run}: failed\n"
    assert world.facts(run)["exit"] == "3"


def test_a_clock_that_was_set_back_while_a_scheduler_spoke_delays_nothing(
    world: World, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("clock")
    runs = [
        world.submit({"schedule.sh": f'#!/bin/sh\n"$GITBATCH" job slurm {job}\n'}) for job in (6, 7)
    ]
    begins(world, runs[1], "2026-11-24T10:00:00Z")
    clock(world, folder, "1 day")
    world.tell(runs[0], "job=slurm 6\tstate=absent")
    world.tell(runs[1], "job=slurm 7\tstate=failed\texit=3")
    for offset in ("0 days", "61 seconds"):
        clock(world, folder, offset)
        world.tell(runs[0], "job=slurm 6\tstate=absent")
    assert world.facts(runs[0])["state"] == "lost"
    assert world.settled_by_contact(runs[1])["state"] == "failed"


def test_what_was_postponed_by_a_clock_that_was_set_back_since_is_done(
    world: World,
) -> None:
    run = world.submit(JOB)
    world.settled(run)
    world.unsettle(run)
    tomorrow = int(world.call("date", "+%s", at=world.root).output) + 86400
    (world.run(run) / "postponed").write_text(f"tries: 1\nuntil: {tomorrow}\n")
    is_settled_well(world, run)
