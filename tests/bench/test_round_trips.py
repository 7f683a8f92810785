"""How many ssh sessions each command opens; the first of each finds the shared connection."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.bench.measure import show
from tests.cli.shop import call
from tests.hooks.world import JOB_OF_ITS_OWN
from tests.lab import lab
from tests.servers.sshd import Sshd, sshd

if TYPE_CHECKING:
    import pytest

    from tests.lab import Lab

__all__ = ["lab", "sshd"]

ALLOWED = {
    "setup far hpc:base": 3,
    "submit far": 5,
    "wait far#1": 4,
    "runs far": 3,
    "runs far --all": 2,
    "show far#1": 2,
    "log far#1": 3,
    "pull far#1": 3,
    "diff far#1": 2,
    "submit far --again": 4,
    "rerun far#1": 4,
    "prune far --dry-run": 2,
}


def test_commands_open_few_sessions_on_one_connection(
    lab: Lab, sshd: Sshd, capsys: pytest.CaptureFixture[str]
) -> None:
    job = {"schedule.sh": JOB_OF_ITS_OWN, "run.sh": "#!/bin/sh\necho x >result\n"}
    lab.world.commit(job)
    taken = {}
    for words in ALLOWED:
        before = sessions(sshd)
        said = call(lab, *words.split())
        assert said.status == 0, said.err
        taken[words] = sessions(sshd) - before
    table = ", ".join(f"{words.split()[0]} {count}" for words, count in taken.items())
    show(capsys, f"ssh sessions a command: {table}; {sshd.connections()} connection")
    assert all(taken[words] <= allowed for words, allowed in ALLOWED.items())
    assert sshd.connections() == 1


def sessions(sshd: Sshd) -> int:
    return sshd.log.count("Starting session")
