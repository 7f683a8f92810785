"""The embedded scheduler: slots, places, cancelling, and jobs that are killed."""

from __future__ import annotations

import os
import re
import shutil
import signal
from typing import TYPE_CHECKING

import pytest

from tests.hooks.conftest import need_groups
from tests.support.waiting import alive, wait_until
from tests.support.worlds import JOB_OF_ITS_OWN

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.worlds import World

WAITS_FOR_GO = (
    "#!/bin/sh\necho begun\nuntil test -e ../../../go; do sleep 0.1; done\necho $$ >result\n"
)


@pytest.fixture
def elsewhere(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder for what a job does outside of its tree."""
    return tmp_path_factory.mktemp("elsewhere")


def allow(world: World, slots: int) -> None:
    world.bare("config", "gitbatch.localSlots", str(slots))


def push_many(world: World, count: int) -> list[int]:
    """Runs of as many branches, in the order in which they were pushed."""
    world.commit({"schedule.sh": JOB_OF_ITS_OWN, "run.sh": WAITS_FOR_GO})
    return [world.push(f"HEAD:refs/heads/job{number}").run for number in range(count)]


def states(world: World) -> dict[int, str]:
    lines = world.gitbatch("status").lines[1:-1]
    fields = [dict(part.partition("=")[::2] for part in line.split("\t")) for line in lines]
    return {int(field["run"]): field["state"] for field in fields}


@pytest.mark.parametrize("path", ["", "/nowhere:/nor/here"], ids=["empty", "of its own"])
@pytest.mark.parametrize("how", ["spawn", "run"])
def test_a_path_without_the_systems_programs_holds_nobody_up(
    each_shell: World, path: str, how: str
) -> None:
    world = each_shell
    shell = shutil.which("sh")
    job = f"{shell} -c 'echo \"<$PATH>\" >seen'"
    number = world.submit({"schedule.sh": f'#!/bin/sh\nPATH={path}\n"$GITBATCH" {how} {job}\n'})
    # busybox has programs of its own on every PATH, but no git; some of them have stand-ins.
    assert world.settled_by_contact(number)["state"] == "succeeded"
    assert world.bare("show", "master:seen").endswith(f"{path}>")
    kept = (world.run(number) / "environment").read_text().splitlines()
    assert f"variable PATH: {path}" in kept or how == "run"
    files = {"schedule.sh": JOB_OF_ITS_OWN, "run.sh": "#!/bin/sh\n"}
    after = world.submit(files, branch="another")
    assert world.settled(after)["state"] == "succeeded"


@pytest.mark.parametrize("how", ["spawn", "run"])
def test_a_job_begins_in_the_folder_in_which_it_is_called(each_shell: World, how: str) -> None:
    world = each_shell
    run = world.submit(
        {
            "schedule.sh": f'#!/bin/sh\ncd "part one" || exit\n"$GITBATCH" {how} ./run.sh\n',
            "part one/run.sh": '#!/bin/sh\necho here >made\n"$GITBATCH" log-file mine made\n',
        }
    )
    assert world.settled(run)["state"] == "succeeded"
    assert world.bare("show", "master:part one/made") == "here"
    made = world.run(run) / "tree/part one/made"
    assert (world.run(run) / "pages").read_text() == f"mine\t{made}\n"


@pytest.mark.parametrize("away", ["cd ..", "mkdir no; cd no"], ids=["outside", "gone meanwhile"])
@pytest.mark.parametrize("how", ["spawn", "run"])
def test_a_job_that_has_no_folder_of_the_checkout_begins_at_its_top(
    world: World, away: str, how: str
) -> None:
    job = f"\"$GITBATCH\" {how} sh -c 'echo top >made'"
    lines = ["#!/bin/sh", away, "rmdir ../no", job]
    run = world.submit({"schedule.sh": "\n".join([*lines, ""])})
    assert world.settled(run)["state"] == "succeeded"
    assert world.bare("show", "master:made") == "top"


def process_of(world: World, run: int, name: str = "started") -> int:
    if name == "started":
        return int(world.facts(run, "started")["process"].split()[0])
    return int((world.run(run) / "jobs").read_text().split()[2])


def count_at_once(world: World) -> int:
    """How many jobs run now, by their own files."""
    return sum(
        (run / "started").exists() and not (run / "finished").exists()
        for run in (world.base / "runs").iterdir()
    )


def test_jobs_wait_for_a_slot_and_say_their_place(each_shell: World) -> None:
    world = each_shell
    allow(world, 1)
    world.commit({"schedule.sh": JOB_OF_ITS_OWN, "run.sh": WAITS_FOR_GO})
    answers = [world.push(f"HEAD:refs/heads/job{number}") for number in range(3)]
    assert [answer.run for answer in answers] == [1, 2, 3]
    assert "job local 1 is running" in answers[0].lines
    assert "job local 2 waits for its turn: place 1" in answers[1].lines
    assert "job local 3 waits for its turn: place 2" in answers[2].lines
    assert states(world) == {1: "running", 2: "queued", 3: "queued"}
    assert world.status(3)["reason"] == "place 2 in the queue of this machine"
    (world.base / "go").touch()
    began = [world.settled(run)["started"] for run in (1, 2, 3)]
    assert began == sorted(began)
    (world.base / "go").unlink()


def test_files_beside_the_jobs_of_the_queue_are_no_jobs(each_shell: World) -> None:
    world = each_shell
    allow(world, 1)
    (world.base / "queue").mkdir(exist_ok=True)
    (world.base / "queue/1.2277.tmp").write_text("a ticket that is about to appear whole\n")
    push_many(world, 2)
    (world.base / "go").touch()
    world.settled(2)
    assert (world.run(2) / "log").read_text() == "begun\n"
    (world.base / "go").unlink()


def test_three_of_twenty_jobs_killed_hang_nothing_and_never_are_more_than_two_at_once(
    world: World,
) -> None:
    need_groups(world)
    allow(world, 2)
    runs = push_many(world, 20)
    most = 0

    def ended(wanted: int) -> bool:
        nonlocal most
        most = max(most, count_at_once(world))
        return sum((world.run(run) / "finished").exists() for run in runs) >= wanted

    wait_until(lambda: count_at_once(world) == 2, what="two jobs to run")
    # A running one, one that is next, one in the middle: killed without a chance to say so.
    os.killpg(process_of(world, runs[0]), signal.SIGKILL)
    os.killpg(process_of(world, runs[2], "jobs"), signal.SIGKILL)
    os.killpg(process_of(world, runs[9], "jobs"), signal.SIGKILL)
    world.killed = True
    wait_until((world.run(runs[3]) / "started").exists, what="the next to run")
    (world.base / "go").touch()
    wait_until(lambda: ended(17), 60, "the other seventeen")
    (world.base / "go").unlink()
    for run in runs:
        world.gitbatch("status")
        state = world.settled(run)["state"]
        assert state == ("lost" if run in {runs[0], runs[2], runs[9]} else "succeeded")
    assert most <= 3, "the killed one has a started file and no finished one"


def test_first_come_is_first_served(world: World) -> None:
    allow(world, 1)
    runs = push_many(world, 6)
    (world.base / "go").touch()
    for run in runs:
        world.settled(run)
    (world.base / "go").unlink()
    order = sorted(runs, key=lambda run: (world.run(run) / "started").stat().st_mtime_ns)
    assert order == runs


def test_cancelling_ends_the_whole_process_group(each_shell: World, elsewhere: Path) -> None:
    world = each_shell
    pids = elsewhere / "pids"
    run = world.submit(
        {
            "schedule.sh": JOB_OF_ITS_OWN,
            "run.sh": "#!/bin/sh\nsh -c 'sleep 600 & echo $! >"
            f"{pids}.new; mv {pids}.new {pids}; trap : TERM; wait; wait' &\nwait\n",
        }
    )
    wait_until(pids.exists, what="the grandchild")
    answer = world.gitbatch("cancel", str(run))
    assert answer.status == 0, answer.output
    who = world.facts(run, "cancelled")["by"]
    facts = world.settled(run)
    assert (facts["state"], facts["reason"]) == ("cancelled", f"stopped by {who}")
    wait_until(lambda: not alive(int(pids.read_text())), what="the grandchild to end")


def test_a_job_that_ignores_the_signal_is_killed(world: World) -> None:
    world.kills_soon()
    run = world.submit(
        {
            "schedule.sh": JOB_OF_ITS_OWN,
            "run.sh": "#!/bin/sh\ntrap '' TERM\ntouch ../ready\nwhile :; do sleep 1; done\n",
        }
    )
    wait_until((world.run(run) / "ready").exists, what="the job to be deaf")
    (world.run(run) / "ready").unlink()
    assert world.gitbatch("cancel", str(run)).status == 0
    world.killed = True
    assert world.settled(run)["state"] == "cancelled"
    assert not alive(process_of(world, run))


def test_a_job_that_waits_can_be_cancelled(world: World) -> None:
    allow(world, 1)
    first, second = push_many(world, 2)
    assert world.gitbatch("cancel", str(second)).status == 0
    assert world.settled(second)["state"] == "cancelled"
    assert not (world.run(second) / "started").exists()
    (world.base / "go").touch()
    assert world.settled(first)["state"] == "succeeded"
    (world.base / "go").unlink()


@pytest.mark.parametrize("name", ["TERM", "HUP"])
def test_a_signal_is_passed_on_and_recorded(each_shell: World, name: str) -> None:
    world = each_shell
    need_groups(world)
    run = world.submit(
        {
            "schedule.sh": JOB_OF_ITS_OWN,
            "run.sh": f"#!/bin/sh\ntrap 'echo got it >said; exit 7' {name}\ntouch ../ready\n"
            "while :; do sleep 0.05; done\n",
        }
    )
    wait_until((world.run(run) / "ready").exists, what="the job to listen")
    (world.run(run) / "ready").unlink()
    os.killpg(process_of(world, run), getattr(signal, f"SIG{name}"))
    facts = world.settled(run)
    # bash may forget the status of a command that ends while a signal is handled.
    known = (
        {"7", str(128 + getattr(signal, f"SIG{name}"))}
        if world.shell and world.shell.name.startswith("bash")
        else {"7"}
    )
    assert facts["state"] == "failed"
    assert facts["exit"] in known
    assert world.facts(run, "finished")["signal"] == name
    assert world.bare("show", f"{facts['result']}:said") == "got it"


def test_the_wrapper_killed_alone_is_lost_only_when_its_command_is_gone(world: World) -> None:
    need_groups(world)
    world.killed = True
    (run,) = push_many(world, 1)
    log = world.run(run) / "log"
    wait_until(lambda: log.exists() and "begun" in log.read_text(), what="the job to begin")
    os.kill(process_of(world, run), signal.SIGKILL)
    wait_until(lambda: not alive(process_of(world, run)), what="the wrapper's end")
    assert world.status(run)["state"] == "running"
    (world.base / "go").touch()
    wait_until(lambda: world.status(run)["state"] == "lost", what="the command's end")
    (world.base / "go").unlink()
    world.gitbatch("status")
    facts = world.settled(run)
    assert facts["state"] == "lost"
    assert "without an exit status" in facts["reason"]
    assert re.fullmatch(r"\d+", world.bare("show", f"{facts['result']}:result"))


def test_exit_statuses_are_passed_on(each_shell: World) -> None:
    world = each_shell
    for status in (0, 1, 77, 126):
        run = world.submit(
            {
                "schedule.sh": JOB_OF_ITS_OWN,
                "run.sh": f"#!/bin/sh\necho {status} >status\nexit {status}\n",
            },
            branch=f"exit{status}",
        )
        assert world.settled(run)["exit"] == str(status)


def test_the_wrapper_exits_as_its_command_did(world: World) -> None:
    run = world.submit(
        {
            "schedule.sh": '#!/bin/sh\n"$GITBATCH" run -- sh -c "exit 9"\necho $? >../told\n',
            "run.sh": "",
        }
    )
    assert (world.run(run) / "told").read_text() == "9\n"
    assert world.settled(run)["state"] == "failed"
    (world.run(run) / "told").unlink()


def test_several_jobs_of_one_run_are_settled_together(world: World) -> None:
    run = world.submit(
        {
            "schedule.sh": '#!/bin/sh\n"$GITBATCH" spawn sh -c "echo 1 >one"\n'
            '"$GITBATCH" spawn ./run.sh\n',
            "run.sh": WAITS_FOR_GO,
        }
    )
    wait_until((world.run(run) / "started.2").exists, what="both jobs")
    wait_until((world.run(run) / "finished").exists, what="the first one's end")
    assert world.status(run)["state"] == "running"
    (world.base / "go").touch()
    facts = world.settled(run)
    (world.base / "go").unlink()
    assert facts["state"] == "succeeded"
    assert world.bare("show", f"{facts['result']}:one") == "1"
    assert world.bare("show", f"{facts['result']}:result")
