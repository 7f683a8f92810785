"""Runs the program's commands in a lab's clone."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.support import prepared
from tests.support.waiting import wait_until

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tests.support.project import Project

ROOT = Path(__file__).parents[2]
PROGRAM = [sys.executable, "-m", "gitbatch_tui"]


@dataclass(frozen=True)
class Said:
    status: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


def command(project: Project, *words: str) -> list[str]:
    """The words that run the program in a project's clone."""
    return [*PROGRAM, "-C", str(project.world.clone), *words]


def call(project: Project, *words: str) -> Said:
    return run(command(project, *words))


def at_once(lines: Sequence[list[str]]) -> list[Said]:
    """Run programs side by side."""
    with ThreadPoolExecutor(len(lines)) as threads:
        return list(threads.map(run, lines))


def run(line: list[str]) -> Said:
    assert line[: len(PROGRAM)] == PROGRAM
    done = prepared.run(line[len(PROGRAM) :])
    out, err = (text.decode("utf-8", "surrogateescape") for text in (done.stdout, done.stderr))
    return Said(done.returncode, out, err)


def press_ctrl_c(project: Project, *words: str, once: Callable[[], object]) -> str:
    """Run a command that is interrupted as soon as a condition holds; what it says on stderr."""
    process = subprocess.Popen(
        command(project, *words), cwd=ROOT, stderr=subprocess.PIPE, start_new_session=True
    )
    wait_until(once)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=20)
    assert process.returncode == 130
    return err.decode()
