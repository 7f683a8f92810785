"""How long the commands of every day take, against importing the command-line library alone."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.bench.measure import show
from tests.support.command_line import ROOT, command

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.support.project import Project

pytestmark = pytest.mark.timeout(0)

HELP = 1.5
LOOKING = 4.0
ROUNDS = 25
CLICK = (sys.executable, "-c", "import click")


def work(argv: Sequence[str]) -> float:
    """Seconds of processors that a program needs, all that it starts included."""
    process = subprocess.Popen(argv, cwd=ROOT, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = status
    assert status == 0
    return usage.ru_utime + usage.ru_stime


def ratio(argv: Sequence[str]) -> float:
    """The work of a command as a multiple of importing click, both at their quickest."""
    # Whatever else the machine does can only add to it.
    pairs = [(work(argv), work(CLICK)) for _ in range(ROUNDS)]
    return min(ours for ours, _ in pairs) / min(theirs for _, theirs in pairs)


def test_the_help_takes_hardly_longer_than_importing_click(
    capsys: pytest.CaptureFixture[str],
) -> None:
    taken = ratio([sys.executable, "-m", "gitbatch_tui", "--help"])
    show(capsys, f"help: {taken:.2f} times `import click`")
    assert taken < HELP


def test_looking_at_runs_of_this_machine_is_quick(
    project: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    project.finish("echo done")
    for words in (["runs"], ["show", "1"], ["log", "1"]):
        taken = ratio(command(project, *words))
        show(capsys, f"{' '.join(words)}: {taken:.2f} times `import click`")
        assert taken < LOOKING
