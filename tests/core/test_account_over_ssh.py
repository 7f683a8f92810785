"""A job has the environment of its account, however its run was started, here or over ssh."""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING

from gitbatch_tui.core.verify.reproduce import Trial, begin
from tests.support import batches
from tests.support.account import CLIENTS, DUMP, kept
from tests.support.batches import new_world_at, open_batch
from tests.support.servers.sshd import HOST
from tests.support.worlds import JOB_OF_ITS_OWN, World

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

    from gitbatch_tui.core.batch.batch import Batch
    from gitbatch_tui.models import Run
    from tests.support.servers.sshd import Sshd

OF_THE_LOGIN = {"HOME", "PATH", "SHELL", "USER", "LOGNAME"}
"""What sshd sets anew for whoever logs in; and the tests' own variables reach only what is here."""


def dumped(world: World, run: int) -> list[str]:
    facts = world.settled(run)
    return kept(world.bare("show", f"{facts['result']}:environment.txt").splitlines())


def names(lines: list[str]) -> set[str]:
    return {line.partition("=")[0] for line in lines}


def first(batch: Batch) -> Run:
    return next(run for run in batch.runs() if run.number == 1)


def test_every_way_to_start_a_run_over_ssh_gives_its_job_the_same_environment(
    sshd: Sshd, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = new_world_at(tmp_path, f"{HOST}:base", sshd.home / "base")
    sshd.server("AcceptEnv LANG LC_* GIT_* TERM PAGER")
    sshd.client("SendEnv LANG LC_* GIT_* TERM PAGER")
    world.commit({"schedule.sh": JOB_OF_ITS_OWN, "run.sh": DUMP})
    push = ["git", "-c", f"core.sshCommand={sshd.program}", "push", "-q", "batch", "HEAD"]
    subprocess.run(push, cwd=world.clone, check=True, capture_output=True)
    plain = dumped(world, 1)
    runs = []
    for client in CLIENTS.values():
        with monkeypatch.context() as other:
            for name, value in client.items():
                if not name.startswith(("GIT_", "PYTHON", "SSH_", "XDG_")):
                    other.setenv(name, value)
            with open_batch(world) as batch:
                runs.append(batch.server.rerun(1).run)
    with open_batch(world) as batch:
        runs.append(begin(Trial(batch, first(batch), batch), lambda _: None).run)
    world.commit({"more": "1\n"}, branch="other")
    runs.append(batches.run(world).receipt.run)
    assert {run: dumped(world, run) for run in runs} == dict.fromkeys(runs, plain)
    here = set(os.environ) | {"LANG"}
    assert names(plain) <= here | OF_THE_LOGIN
    assert "PATH" in names(plain)
    assert not [name for name in names(plain) if name.startswith(("LC_", "SSH_", "GIT_"))]
