"""Jobs on their own: killed, terminated, cancelled, seen from elsewhere, left by their terminal."""

from __future__ import annotations

import contextlib
import os
import pty
import re
import signal
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.hooks.conftest import need_groups
from tests.support.invariants import processes
from tests.support.waiting import wait_until
from tests.support.worlds import JOB_OF_ITS_OWN

if TYPE_CHECKING:
    from tests.support.worlds import World

UNTIL_GO = "until test -e ../go; do sleep 0.1; done\n"
JOB = {"schedule.sh": JOB_OF_ITS_OWN, "run.sh": f"#!/bin/sh\n{UNTIL_GO}echo new >result\n"}


def leader(world: World, run: int) -> int:
    """The process id of a job's wrapper."""
    wait_until(lambda: world.facts(run, "started"), what=f"the start of run {run}")
    return int(world.facts(run, "started")["process"].split()[0])


def waiter(world: World, job: str) -> int:
    """The process that waits for its turn."""
    return int((world.base / "queue" / job).read_text().split()[0])


def go(world: World, *runs: int) -> None:
    for run in runs:
        (world.run(run) / "go").touch()


def one_at_a_time(world: World, count: int) -> list[int]:
    """Runs of which only the first has begun."""
    world.bare("config", "gitbatch.localSlots", "1")
    world.commit(JOB)
    return [world.push(f"HEAD:refs/heads/b{n}").run for n in range(count)]


def test_a_job_killed_in_the_queue_is_lost_whoever_looks_first(each_shell: World) -> None:
    world = each_shell
    first, second, third = one_at_a_time(world, 3)
    os.kill(waiter(world, str(second)), signal.SIGKILL)
    go(world, first, third)
    # The third clears the ticket away as soon as it sees that nobody holds it.
    assert world.settled(third)["state"] == "succeeded"
    facts = world.settled_by_contact(second)
    assert facts["state"] == "lost"
    assert facts["reason"] == "it was killed while it waited for its turn"


def test_a_job_terminated_in_the_queue_is_settled_at_once(each_shell: World) -> None:
    world = each_shell
    first, second = one_at_a_time(world, 2)
    os.kill(waiter(world, str(second)), signal.SIGTERM)
    assert world.settled(second)["state"] == "lost"
    go(world, first)
    assert world.settled(first)["state"] == "succeeded"


@pytest.mark.parametrize("number", [signal.SIGUSR1, signal.SIGUSR2])
def test_a_signal_that_says_what_is_about_to_come_reaches_the_command(
    each_shell: World, number: signal.Signals
) -> None:
    world = each_shell
    job = f"""#!/bin/sh
trap 'echo saved >checkpoint; exit' {number.name.removeprefix("SIG")}
: >../ready
until test -e ../go; do sleep 0.1; done
"""
    run = world.submit(JOB | {"run.sh": job})
    wait_until((world.run(run) / "ready").exists)
    os.kill(leader(world, run), number)
    facts = world.settled(run)
    assert (facts["state"], facts["exit"]) == ("succeeded", "0")
    assert not world.facts(run, "finished")["signal"]
    assert world.bare("show", "master:checkpoint") == "saved"


def test_a_warning_that_comes_before_there_is_a_command_ends_no_wrapper(world: World) -> None:
    for count in range(3):
        world.commit({"schedule.sh": JOB_OF_ITS_OWN, "run.sh": "#!/bin/sh\n", "n": f"{count}"})
        run = world.push(f"HEAD:refs/heads/b{count}").run
        while not world.facts(run, "started"):
            pass  # the moment is short
        with contextlib.suppress(ProcessLookupError):
            os.kill(leader(world, run), signal.SIGUSR1)
        assert world.settled_by_contact(run)["state"] != "lost"


def test_the_status_of_a_command_that_goes_on_after_a_signal_is_its_own(each_shell: World) -> None:
    world = each_shell
    job = f"#!/bin/sh\ntrap ': >../warned' USR1\n: >../ready\n{UNTIL_GO}exit 127\n"
    run = world.submit(JOB | {"run.sh": job})
    wait_until((world.run(run) / "ready").exists)
    os.kill(leader(world, run), signal.SIGUSR1)
    wait_until((world.run(run) / "warned").exists)
    go(world, run)
    assert world.settled(run)["exit"] == "127"


def test_a_run_with_one_of_two_jobs_killed_in_the_queue_did_not_succeed(world: World) -> None:
    world.killed = True
    world.bare("config", "gitbatch.localSlots", "1")
    twice = '#!/bin/sh\n"$GITBATCH" spawn ./run.sh\n"$GITBATCH" spawn ./run.sh\n'
    run = world.submit(JOB | {"schedule.sh": twice})
    leader(world, run)
    assert world.status(run)["reason"] == "1 running, 1 waiting, 0 ended"
    os.kill(waiter(world, f"{run}.2"), signal.SIGKILL)
    go(world, run)
    wait_until(lambda: world.facts(run, "finished"))
    assert world.settled_by_contact(run)["state"] == "lost"


def test_jobs_of_one_run_wait_in_the_order_they_were_given(each_shell: World) -> None:
    world = each_shell
    first, *_, last = one_at_a_time(world, 4)
    thrice = '#!/bin/sh\nfor i in 1 2 3; do "$GITBATCH" spawn ./run.sh; done\n'
    world.commit(JOB | {"schedule.sh": thrice}, branch="thrice")
    answer = world.push()
    run = answer.run
    assert [line for line in answer.lines if line.startswith("job local ")] == [
        f"job local {run} waits for its turn: place 4",
        f"job local {run}.2 waits for its turn: place 5",
        f"job local {run}.3 waits for its turn: place 6",
    ]
    go(world, *range(first, last + 1), run)
    assert world.settled(run)["state"] == "succeeded"
    jobs = [world.facts(run, name)["job"] for name in ("started", "started.2", "started.3")]
    assert jobs == [f"local {run}", f"local {run}.2", f"local {run}.3"]


def test_a_job_survives_the_terminal_it_was_pushed_from(each_shell: World) -> None:
    world = each_shell
    world.commit(JOB)
    screen, terminal = pty.openpty()
    push = subprocess.Popen(
        ["git", "push", "batch", "HEAD"],
        cwd=world.clone,
        env=world.env,
        stdin=terminal,
        stdout=terminal,
        stderr=terminal,
        start_new_session=True,
    )
    os.close(terminal)
    output = b""
    while b"gitbatch: run=" not in output:
        output += os.read(screen, 4096)
    push.wait(20)
    os.close(screen)
    leader(world, 1)
    go(world, 1)
    assert world.settled(1)["state"] == "succeeded"


def test_a_job_holds_no_descriptor_of_its_push(each_shell: World) -> None:
    world = each_shell
    run = world.submit(JOB)
    leader(world, run)

    def held() -> list[str]:
        """Descriptors that lead out of the job; a pipe may still end with its last reader."""
        found = []
        for number in processes(world.base):
            with contextlib.suppress(OSError):  # it has ended
                for link in Path(f"/proc/{number}/fd").iterdir():
                    where = str(link.readlink())
                    if re.match(r"(pipe|socket):|.*[./]lock$|/dev/(pts|tty)", where):
                        found.append(f"{number}: {link.name} -> {where}")
        return found

    wait_until(lambda: not held(), what=f"{held()} to be let go")
    assert world.status(run)["state"] == "running"
    go(world, run)
    world.settled(run)


def test_cancelling_ends_descendants_that_are_deaf_to_it(each_shell: World) -> None:
    world = each_shell
    world.kills_soon()
    run = world.submit(
        JOB
        | {
            "run.sh": "#!/bin/sh\necho half >result\n"
            "(trap '' TERM HUP; sh -c 'sleep 100 & sleep 100') &\n"
            "sleep 100 & sh -c 'sleep 100' &\n: >../ready\nwait\n"
        }
    )
    wait_until((world.run(run) / "ready").exists)
    answer = world.gitbatch("cancel", str(run))
    assert (answer.status, answer.output) == (0, f"run {run}: cancelled\n")
    assert processes(world.base) == {}
    facts = world.settled(run)
    assert facts["state"] == "cancelled"
    assert world.bare("show", f"{facts['result']}:result") == "half"
    assert world.tip("master") == facts["commit"]
    again = world.gitbatch("cancel", str(run))
    assert (again.status, again.output) == (1, f"run {run} has ended already: cancelled\n")


@pytest.mark.parametrize("leads", [True, False], ids=["leads a group", "in ours"])
def test_cancelling_signals_no_process_that_a_job_has_only_named(
    each_shell: World, *, leads: bool
) -> None:
    world = each_shell
    run = world.submit(JOB)
    leader(world, run)
    victim = subprocess.Popen(["sleep", "100"], start_new_session=leads, env={"PATH": os.defpath})
    try:
        started = world.run(run) / "started"
        mine = started.read_text()
        its = world.process_name(victim.pid)
        pid = world.facts(run, "started")["process"].split()[0]
        (world.run(run) / "started.2").write_text(
            re.sub("(?m)^process: .*", f"process: {its}", mine)
        )
        answer = world.gitbatch("cancel", str(run))
        assert f"process {victim.pid}, which is none of it, and gets no signal" in answer.output
        assert victim.poll() is None
        assert not Path(f"/proc/{pid}").exists(), "its own wrapper ends"
    finally:
        victim.kill()
        victim.wait()
    world.settled_by_contact(run)


def test_a_run_that_has_failed_and_is_not_settled_can_not_be_cancelled_any_more(
    world: World,
) -> None:
    run = world.submit({"schedule.sh": JOB_OF_ITS_OWN, "run.sh": "#!/bin/sh\nexit 3\n"})
    world.settled(run)
    world.unsettle(run)
    for mark in ([], ["--mark"]):
        answer = world.gitbatch("cancel", *mark, str(run))
        assert (answer.status, answer.output) == (1, f"run {run} has ended already: failed\n")
    assert world.settled_by_contact(run)["state"] == "failed"


def test_a_run_cancelled_while_schedule_still_works_never_begins(world: World) -> None:
    world.commit(JOB | {"schedule.sh": f'#!/bin/sh\n{UNTIL_GO}"$GITBATCH" spawn ./run.sh\n'})
    push = subprocess.Popen(
        ["git", "push", "-q", "batch", "HEAD"],
        cwd=world.clone,
        env=world.env,
        stderr=subprocess.PIPE,
    )
    wait_until((world.run(1) / "schedule.log").exists)
    world.gitbatch("cancel", "1")
    go(world, 1)
    push.communicate()
    assert world.settled_by_contact(1)["state"] == "cancelled"
    assert not (world.run(1) / "started").exists()


def test_a_process_of_the_same_number_is_not_taken_for_the_job(world: World) -> None:
    need_groups(world)
    world.killed = True
    run = world.submit(JOB)
    os.killpg(leader(world, run), signal.SIGKILL)
    wait_until(lambda: not processes(world.base))
    started = world.run(run) / "started"
    number, *rest = world.facts(run, "started")["process"].split()
    old = " ".join((number, *rest))
    started.write_text(started.read_text().replace(old, " ".join((str(os.getpid()), *rest))))
    assert world.settled_by_contact(run)["state"] == "lost"


def test_a_job_of_another_machine_is_never_called_lost(world: World) -> None:
    need_groups(world)
    world.killed = True
    run = world.submit(JOB)
    group = leader(world, run)
    started = world.run(run) / "started"
    *_, boot, host = world.facts(run, "started")["process"].split()
    text = started.read_text().replace(boot, "another-boot").replace(host, "other")
    started.write_text(text)
    # Only now: whoever looks in between would rightly call it lost.
    os.killpg(group, signal.SIGKILL)
    wait_until(lambda: not processes(world.base))
    assert world.status(run)["state"] == "running"
    answer = world.gitbatch("cancel", str(run))
    assert answer.status == 3
    assert "is not on this host" in answer.output
    assert world.gitbatch("settle", str(run), "cancelled").output == f"run {run}: cancelled\n"


@pytest.mark.parametrize(
    ("job", "state"),
    [("lsf 7", "submitted"), ("loadleveler 7", "unknown"), ("slurm 7", "submitted")],
)
def test_no_commit_of_a_job_ends_a_run_whose_job_is_named(
    world: World, job: str, state: str
) -> None:
    work = "echo x >result; git add result; git commit -q -m made"
    run = world.submit({"schedule.sh": f'#!/bin/sh\n"$GITBATCH" job {job}\n{work}\n'})
    assert (world.status(run)["state"], world.status(run)["ended"]) == (state, "no")
    assert world.status(run)["job"] == job
    world.gitbatch("settle", str(run), "succeeded")
    assert world.settled(run)["state"] == "succeeded"


@pytest.mark.parametrize("state", ["succeeded", "failed", "lost"])
def test_a_person_or_a_scheduler_may_say_how_a_run_ended(world: World, state: str) -> None:
    run = world.submit({"schedule.sh": "#!/bin/sh\necho x >result\n"})
    assert world.status(run)["ended"] == "no"
    answer = world.gitbatch("settle", str(run), state, "4", "the scheduler said so")
    assert answer.output == f"run {run}: {state}\n"
    facts = world.settled(run)
    assert (facts["exit"], facts["reason"]) == ("4", "the scheduler said so")
    assert world.tip("master") == (facts["result"] if state == "succeeded" else facts["commit"])


@pytest.mark.parametrize(
    ("job", "reason"),
    [
        ("exit 3", "exit status 3"),
        ("echo fine; exit 3", "exit status 3"),
        (
            "echo Traceback; printf '\\033[31mValueError: no column\\033[0m\\r\\n'; echo; exit 1",
            "exit status 1: ValueError: no column",
        ),
        (
            "echo 'error: the first'; echo 'error: the last'; echo cleaning up; exit 2",
            "exit status 2: error: the last",
        ),
        ("printf 'error: %0300d' 1; exit 2", f"exit status 2: error: {'0' * 193}..."),
        ("echo 'error: but it was handled'", ""),
    ],
)
def test_a_job_that_failed_says_which_error_it_printed_last(
    world: World, job: str, reason: str
) -> None:
    number = world.submit({"schedule.sh": JOB_OF_ITS_OWN, "run.sh": f"#!/bin/sh\n{job}\n"})
    assert world.settled(number).get("reason", "") == reason
