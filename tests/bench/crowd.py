"""Batch remotes with many runs that go on, as files: nothing of it is run."""

from __future__ import annotations

import os
import subprocess
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

HOOKS = Path(__file__).parents[2] / "hooks"
KINDS = ("queued", "running", "submitted")
ACCEPTED = "2026-11-25T20:00:00Z"


def install(base: Path) -> Path:
    """Make a batch remote; its program."""
    subprocess.run(["sh", HOOKS / "install", base], check=True, stdout=subprocess.DEVNULL)
    return base / "repo.git/gitbatch/gitbatch"


@contextmanager
def living_process() -> Iterator[str]:
    """The name of a process, as the server names them, that lives until the end."""
    sleeper = subprocess.Popen(["sleep", "10000"], start_new_session=True)
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
        place = f"{boot}/{_start_of(1)}"
        yield f"{sleeper.pid} {_start_of(sleeper.pid)} {place} {os.uname().nodename}"
    finally:
        sleeper.kill()
        sleeper.wait()


def _start_of(pid: int) -> str:
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[19]


def add_run(base: Path, number: int, kind: str, process: str) -> None:
    """A run whose job waits in the queue of this machine, runs here, or is at Slurm."""
    folder = base / "runs" / str(number)
    folder.mkdir()
    (folder / "request").write_text(
        f"run: {number}\nbranch: master\ncommit: {'a' * 40}\ntree: {'b' * 40}\nsubject: one\n"
        f"submitter: user\ntime: {ACCEPTED}\norigin: push\nversions: gitbatch 0.1.0\nhook: -\n"
    )
    (folder / "scheduled").write_text(f"exit: 0\ntime: {ACCEPTED}\nreason: \n")
    (folder / "schedule.log").write_text("submitted\n")
    (base / "active" / str(number)).touch()
    if kind == "submitted":
        (folder / "submits").mkdir()
        (folder / "submits" / f"1795600000.{number}.node").write_text(
            f"program: sbatch\nscheduler: slurm\ntime: {ACCEPTED}\nprocess: {process}\n"
            f"directory: /project\nname: train\nexit: 0\nid: {number}\n"
        )
        return
    (folder / "jobs").write_text(f"local {number} {process}\n")
    if kind == "queued":
        (base / "queue" / str(number)).write_text(f"{process}\n")
    else:
        (folder / "started").write_text(
            f"host: node\ntime: {ACCEPTED}\nprocess: {process}\njob: local {number}\n"
        )
