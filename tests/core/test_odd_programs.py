"""Programs of schedulers that are there, and say something else than how jobs are."""

from __future__ import annotations

import os
import socket
import time
from contextlib import suppress
from typing import TYPE_CHECKING

import pytest

from gitbatch_tui.core.schedulers import adapters
from gitbatch_tui.models import State
from tests.support.scripts import answer
from tests.support.waiting import wait_until

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from gitbatch_tui.core.schedulers.adapter import JobState

    Site = Callable[[str], Path]

PROGRAMS = "squeue sacct qstat qacct bjobs oarstat flux condor_q condor_history atq tsp".split()
IDS = {"pbs": "7[].server", "sge": "7.2", "slurm": "7_2", "lsf": "7[2]", "flux": "f7"}
NAMES = sorted(set(adapters()) - {"local"})
SAYS = {
    "a page": "echo '<html><body><h1>504 Gateway Time-out</h1></body></html>'",
    "a page and fails": "echo '<html><body>Bad Gateway</body></html>'; exit 1",
    "what will be": "echo 'WARNING: maintenance on Monday, see https://cluster.example'",
    "an error in JSON": """echo '{"errors": ["not logged in"]}'""",
    "a text in JSON": "echo '\"all is well\"'",
    "another's line ends": "printf 'ready\\r\\n\\r\\n'",
    "nothing, and crashes": "kill -SEGV $$",
}


@pytest.fixture
def site(tmp_path: Path) -> Site:
    """A folder with all programs that schedulers are asked by; each does this."""

    def made(does: str) -> Path:
        version = "test \"${0##*/} $1\" != 'qstat --version' || exec echo 'pbs_version = 23.06.06'"
        for program in PROGRAMS:
            (tmp_path / program).write_text(f"#!/bin/sh\n{version}\n{does}\n")
            (tmp_path / program).chmod(0o755)
        return tmp_path

    return made


def asked(name: str, folder: Path, *, patience: int = 30) -> dict[str, JobState]:
    adapter, job = adapters()[name], IDS.get(name, "7")
    env = {"PATH": f"{folder}:{os.environ['PATH']}"}
    return adapter.read(answer(adapter.ask, job, env=env, patience=patience), [job])


@pytest.fixture
def queue(open_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What makes task-spooler's queue one that is there; its name has to be short."""
    monkeypatch.setenv("TS_SOCKET", str(open_folder / "socket"))
    with socket.socket(socket.AF_UNIX) as made:
        made.bind(str(open_folder / "socket"))


@pytest.mark.usefixtures("queue")
@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("does", SAYS.values(), ids=SAYS)
def test_no_job_is_gone_or_over_because_a_program_says_something_else(
    site: Site, name: str, does: str
) -> None:
    with suppress(ValueError):
        found = asked(name, site(does))
        assert [state.state for state in found.values()] == [State.UNKNOWN]


# What runs as OAR's own user nobody else can end: see hooks/schedulers/oar.sh.
@pytest.mark.usefixtures("queue")
@pytest.mark.parametrize("name", sorted(set(NAMES) - {"oar"}))
def test_a_program_that_hangs_and_heeds_no_signal_is_named_and_ended(
    site: Site, tmp_path: Path, name: str
) -> None:
    folder = site('trap "" TERM\necho $$ >>"${0%/*}/pids"\nwhile :; do sleep 1; done')
    begun = time.monotonic()
    with pytest.raises(ValueError, match=r"no answer in time|did not answer in time"):
        asked(name, folder, patience=2)
    assert time.monotonic() - begun < 20
    pids = (tmp_path / "pids").read_text().split()
    wait_until(lambda: not any(map(is_alive, pids)), what="what hung to be gone")


def is_alive(pid: str) -> bool:
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return False
    return True
