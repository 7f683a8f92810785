"""A run with many result files, and what each command of a day with it needs."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from tests.support import command_line
from tests.support.memory import measure

if TYPE_CHECKING:
    from tests.support.project import Project


def job(files: int) -> str:
    """An sh program that writes so many small files into 50 folders."""
    folders = "n=0; while test $n -lt 50; do mkdir -p out/$n; n=$((n + 1)); done"
    names = f'for (i = 0; i < {files}; i++) {{ f = "out/" i % 50 "/f" i; print i >f; close(f) }}'
    return f"{folders}\nawk 'BEGIN {{ {names} }}'"


def megabytes(project: Project, *words: str) -> tuple[float, str]:
    """What a command needs at most, itself or one of its processes; and what it says.

    Fails unless it ends well. The unit is 10^6 bytes.
    """
    line = command_line.command(project, *words)
    done = measure(line, env={**os.environ, "NO_COLOR": "1"})
    said = done.said.decode()
    assert done.status == 0, said
    return done.megabytes, said


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
