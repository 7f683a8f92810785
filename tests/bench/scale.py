"""Measures what many users on one login node cost: python -m tests.bench.scale [USERS [SECONDS]].

Each has a batch remote with twenty runs that go on, and a screen or a `wait` that watches it:
that is one `gitbatch watch` on the login node.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.bench.crowd import add_run, install, living_process

RUNS = 20


def main(users: int = 50, seconds: int = 60) -> None:
    with tempfile.TemporaryDirectory() as folder, living_process() as process:
        helpers = [_user(Path(folder, str(number)), process) for number in range(users)]
        watches = [
            subprocess.Popen([helper, "watch"], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL)
            for helper in helpers
        ]
        try:
            time.sleep(15)  # until all have begun
            before = sum(_used(watch.pid) for watch in watches)
            started = time.monotonic()
            time.sleep(seconds)
            used = sum(_used(watch.pid) for watch in watches) - before
            share = used / (time.monotonic() - started)
            family = [pid for watch in watches for pid in (watch.pid, *_children(watch.pid))]
            memory = sum(map(_memory, family))
        finally:
            for watch in watches:
                watch.kill()
                watch.wait()
    sys.stdout.write(
        f"{users} users: {len(family)} processes, {memory / 1024:.0f} MB, {share:.0f} % of a "
        f"processor; one: {len(family) / users:.1f} processes, {memory / users:.0f} kB, "
        f"{share / users:.2f} %\n"
    )


def _user(base: Path, process: str) -> Path:
    helper = install(base)
    for number in range(1, RUNS + 1):
        add_run(base, number, "running", process)
    return helper


def _used(pid: int) -> int:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return sum(map(int, fields[11:15]))


def _children(pid: int) -> list[int]:
    return [int(each) for each in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def _memory(pid: int) -> int:
    """Its share of memory, in kB; nothing where it has ended."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("Pss:")), 0)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
