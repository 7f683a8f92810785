"""A run with many result files, and what each command of a day with it needs."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.support.project import Project

_MEASURE = """
import resource, subprocess, sys
done = subprocess.run(sys.argv[1:], stdin=subprocess.DEVNULL, capture_output=True)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss, flush=True)
sys.stdout.buffer.write(done.stdout + done.stderr)
sys.exit(done.returncode)
"""


def job(files: int) -> str:
    """An sh program that writes so many small files into 50 folders."""
    folders = "n=0; while test $n -lt 50; do mkdir -p out/$n; n=$((n + 1)); done"
    names = f'for (i = 0; i < {files}; i++) {{ f = "out/" i % 50 "/f" i; print i >f; close(f) }}'
    return f"{folders}\nawk 'BEGIN {{ {names} }}'"


def megabytes(project: Project, *words: str) -> tuple[float, str]:
    """What a command needs at most, itself or one of its processes; and what it says.

    Fails unless it ends well. The unit is 10^6 bytes.
    """
    command = [sys.executable, "-m", "gitbatch_tui", "-C", str(project.world.clone), *words]
    done = subprocess.run(
        [sys.executable, "-c", _MEASURE, *command],
        capture_output=True,
        check=False,
        text=True,
        env={**os.environ, "NO_COLOR": "1"},
    )
    size, _, said = done.stdout.partition("\n")
    assert done.returncode == 0, said
    # Kilobytes, but for macOS.
    unit = 1 if sys.platform == "darwin" else 1024
    return int(size) * unit / 1e6, said


def bring_all(project: Project, files: int) -> dict[str, float]:
    """Run, pull, compare and verify; the megabytes that each command needed."""
    number = project.begin(job(files))
    used: dict[str, float] = {}

    def call(*words: str) -> str:
        used[words[0]], said = megabytes(project, *words)
        return said

    call("wait", str(number))
    assert "were brought into master" in call("pull", str(number))
    assert project.world.git("status", "--short") == ""
    assert len(project.world.git("ls-files", "out").split("\n")) == files
    assert call("diff", str(number), "--json").count('"status": "A"') == files
    assert "All its files are as in the result" in call("verify", str(number))
    assert "the results are identical" in call("reproduce", str(number))
    return used
