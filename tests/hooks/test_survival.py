"""Pushers that are killed, interrupted, or never read: the run is scheduled all the same."""

from __future__ import annotations

import os
import signal
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.hooks.conftest import need_groups
from tests.support.invariants import processes
from tests.support.waiting import wait_until

if TYPE_CHECKING:
    from tests.support.worlds import World

LOUD = """\
#!/bin/sh
echo $PPID >../reached
until test -e ../go; do sleep 0.1; done
seq 150000
"""
LINES = [str(n) for n in range(1, 150001)]


def pushing(world: World) -> subprocess.Popen[bytes]:
    """A push, at the head of a process group, whose schedule.sh waits for a word."""
    world.commit({"schedule.sh": LOUD})
    push = subprocess.Popen(
        ["git", "push", "batch", "HEAD"],
        cwd=world.clone,
        env=world.env,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )
    wait_until((world.run(1) / "reached").exists, what="schedule.sh")
    return push


def is_complete(world: World) -> None:
    (world.run(1) / "go").touch()
    wait_until(lambda: world.facts(1, "scheduled"), what="the end of schedule.sh")
    assert world.facts(1, "scheduled")["exit"] == "0"
    assert (world.run(1) / "schedule.log").read_text().splitlines() == LINES
    wait_until(lambda: not processes(world.base), what="the end of all processes")
    assert world.status(1)["state"] == "submitted"


@pytest.mark.parametrize(
    ("name", "whole_group"),
    [("KILL", False), ("KILL", True), ("INT", True), ("TERM", True), ("HUP", True)],
    ids=["killed", "killed with all it started", "ctrl+c", "terminated", "hung up"],
)
def test_a_pusher_that_is(each_shell: World, name: str, *, whole_group: bool) -> None:
    world = each_shell
    if whole_group:
        need_groups(world)
    world.killed = True
    push = pushing(world)
    number = getattr(signal, f"SIG{name}")
    if whole_group:
        os.killpg(push.pid, number)
    else:
        os.kill(push.pid, number)
    push.wait(20)
    assert push.stdout
    push.stdout.close()
    is_complete(world)


def test_a_pusher_that_never_reads_blocks_nothing(each_shell: World) -> None:
    world = each_shell
    push = pushing(world)
    (world.run(1) / "go").touch()
    wait_until(lambda: world.facts(1, "scheduled"), what="the end of schedule.sh")
    assert push.poll() is None or push.returncode == 0
    output, _ = push.communicate()
    assert b"gitbatch: run=1 " in output
    is_complete(world)


def test_a_pusher_whose_output_is_closed_gets_its_run(each_shell: World) -> None:
    world = each_shell
    push = pushing(world)
    assert push.stdout
    push.stdout.close()
    is_complete(world)
    push.wait(20)


def test_a_push_whose_hook_was_killed_ends_with_its_schedule_sh(world: World) -> None:
    world.killed = True
    push = pushing(world)
    hook = wait_until((world.run(1) / "reached").read_text)
    os.kill(int(hook), signal.SIGKILL)
    (world.run(1) / "go").touch()
    push.communicate(timeout=20)
    wait_until(lambda: not processes(world.base), what="the end of all processes")
    assert "which had printed: 150000" in world.status(1)["reason"]
    assert "run 1 is given up" in world.gitbatch("cancel", "1").output
    assert world.facts(1)["state"] == "cancelled"


def test_a_hook_without_setsid_works_as_long_as_nobody_interrupts(
    world: World, tmp_path_factory: pytest.TempPathFactory
) -> None:
    tools = tmp_path_factory.mktemp("tools")
    for place in world.env["PATH"].split(":"):
        for program in os.scandir(place) if Path(place).is_dir() else ():
            link = tools / program.name
            if program.name != "setsid" and not link.is_symlink():
                link.symlink_to(program.path)
    world.env["PATH"] = str(tools)
    run = world.submit(
        {
            "schedule.sh": '#!/bin/sh\nexec "$GITBATCH" spawn ./run.sh\n',
            "run.sh": "#!/bin/sh\necho new >result\n",
        }
    )
    assert world.settled(run)["state"] == "succeeded"
    assert world.bare("show", "master:result") == "new"
