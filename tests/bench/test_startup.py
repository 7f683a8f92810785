"""How long the help takes, against importing the command-line library and nothing else."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

from tests.bench.measure import medians, show

if TYPE_CHECKING:
    from collections.abc import Callable

    import pytest

ALLOWED = 1.5
ROUNDS = 25


def python(*arguments: str) -> Callable[[], object]:
    command = [sys.executable, *arguments]
    return lambda: subprocess.run(command, stdout=subprocess.DEVNULL, check=True)


def test_the_help_takes_hardly_longer_than_importing_click(
    capsys: pytest.CaptureFixture[str],
) -> None:
    ways = {
        "help": python("-m", "gitbatch_tui", "--help"),
        "click": python("-c", "import click"),
    }
    taken = medians(ways, ROUNDS, lambda: None)
    ratio = taken["help"] / taken["click"]
    show(capsys, f"help: {ratio:.2f} times `import click`")
    assert ratio < ALLOWED
