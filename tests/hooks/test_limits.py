"""Limits of a process's files: what doesn't fit is said, and comes once there is room."""

from __future__ import annotations

import resource
import subprocess
import time
from typing import TYPE_CHECKING

import pytest

from tests.support.worlds import HOOKS, OLD_BASH, Shell, World

if TYPE_CHECKING:
    from pathlib import Path

LIMITED = '#!/bin/sh\nulimit -f 32\nexec "$GITBATCH" spawn ./run.sh\n'
"""Blocks of 512 bytes."""


def test_a_job_that_writes_more_than_a_file_may_hold_fails_and_its_parts_come_home(
    each_shell: World,
) -> None:
    world = each_shell
    run = world.submit(
        {
            "schedule.sh": LIMITED,
            "run.sh": "#!/bin/sh\necho whole >small\n"
            "dd if=/dev/urandom of=large bs=1024 count=64 2>/dev/null || exit 25\n",
        }
    )
    facts = world.settled(run)
    assert facts["state"] == "failed"
    if facts["results"] != "delivered":
        # The part is as large as a file may be, and git's object of it larger.
        assert facts["results"].startswith("undelivered: ")
        assert world.gitbatch("settle", str(run)).status == 0
        facts = world.settled(run)
    assert facts["results"] == "delivered"
    assert world.bare("show", f"{facts['result']}:small") == "whole"
    assert world.run(run).joinpath("tree/large").stat().st_size <= 64 * 1024


def test_a_job_that_prints_more_than_its_log_may_hold_ends_truly(world: World) -> None:
    run = world.submit(
        {
            "schedule.sh": LIMITED,
            "run.sh": "#!/bin/sh\ntrap '' XFSZ\necho new >result\nyes | head -n 90000 || exit 9\n",
        }
    )
    facts = world.settled(run)
    assert facts["state"] in {"failed", "succeeded"}
    assert world.bare("show", f"{facts['result']}:result") == "new"


def test_a_push_under_a_small_limit_is_refused_and_leaves_nothing(world: World) -> None:
    world.commit({"schedule.sh": "#!/bin/sh\n:\n", "data": "".join(map(str, range(9999)))})

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (1024, 1024))

    pushed = subprocess.run(
        ["git", "push", "batch", "HEAD"],
        cwd=world.clone,
        env=world.env,
        capture_output=True,
        preexec_fn=limit,  # there is one thread
        check=False,
    )
    assert pushed.returncode != 0
    assert not list((world.base / "runs").glob("[0-9]*"))
    world.killed = True
    assert world.push().receipts


def test_who_tries_again_and_again_pauses_where_the_path_has_no_sleep(each_shell: World) -> None:
    words = (HOOKS / "gitbatch.d/10-words.sh").read_text()
    pause = words[words.index("pause () {") :].partition("\n}\n")[0]
    begin = time.monotonic()
    answer = each_shell.call(each_shell.sh, "-c", f"{pause}\n}}\nPATH=/nowhere\npause 0.1")
    assert answer.status == 0, answer.output
    assert time.monotonic() - begin >= 0.1


@pytest.mark.parametrize("command", ["status", "receive", "settle", "cancel"])
def test_what_sh_has_no_room_to_keep_is_not_taken_for_nothing(
    clean_environment: Path, tmp_path: Path, command: str
) -> None:
    del clean_environment
    world = World(tmp_path / "world", Shell.named(OLD_BASH)).build()
    run = world.submit({"schedule.sh": "#!/bin/sh\necho Submitted batch job 4711\n"})
    full = ("bash", "-c", 'trap "" XFSZ; ulimit -f 0; exec "$@"', "sh")
    helper = world.repo / "gitbatch/gitbatch"
    words = [str(run)] * (command != "receive")
    commit = world.tip("master")
    pushed = f"{'0' * len(commit)} {commit} refs/heads/master\n"
    answer = world.call(*full, helper, command, *words, at=world.repo, stdin=pushed)
    assert "sh has no room for its temporary files in " in answer.output
    assert answer.status == 1
    assert world.status(run)["state"] == "submitted"
    assert not world.run(run + 1).exists()
