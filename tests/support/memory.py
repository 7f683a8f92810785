"""Measures the memory that a command needs."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.support.command_line import ROOT

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_MEASURE = """
import os, subprocess, sys
process = subprocess.Popen(sys.argv[2:])
_, status, used = os.wait4(process.pid, 0)
os.write(int(sys.argv[1]), b"%d %d" % (os.waitstatus_to_exitcode(status), used.ru_maxrss))
os._exit(0)
"""
"""A small Python that starts the command: to a process counts what the one that started it held."""
_UNIT = 1 if sys.platform == "darwin" else 1024


@dataclass(frozen=True)
class Measured:
    """What came of a command."""

    status: int
    megabytes: float
    """What it held at most, itself or one of its processes; the unit is 10^6 bytes."""
    said: bytes
    """The beginning of what it wrote, on either stream."""


def measure(line: Sequence[str], most: int = -1, env: Mapping[str, str] | None = None) -> Measured:
    """Run a command, and stop reading after so many bytes, so that it can't write more."""
    report, its_report = os.pipe()
    with subprocess.Popen(
        [sys.executable, "-c", _MEASURE, str(its_report), *line],
        cwd=ROOT,
        env=env,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        pass_fds=[its_report],
    ) as process:
        os.close(its_report)
        said = process.stdout.read(most) if process.stdout else b""
    with os.fdopen(report) as numbers:
        status, size = map(int, numbers.read().split())
    return Measured(status, size * _UNIT / 1e6, said)
