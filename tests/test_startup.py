"""Keeps the command line quick to start."""

from __future__ import annotations

import subprocess
import sys

HELP = """
import runpy, sys
sys.argv = ["gitbatch-tui", "--help"]
try:
    runpy.run_module("gitbatch_tui", run_name="__main__")
except SystemExit as end:
    assert not end.code, end.code
heavy = {"textual", "rich", "git", "watchfiles"} & set(sys.modules)
assert not heavy, heavy
"""


def test_asking_for_help_loads_no_heavy_package() -> None:
    answer = subprocess.run([sys.executable, "-c", HELP], capture_output=True, check=False)
    assert answer.returncode == 0, answer.stderr.decode()
    assert b"Usage" in answer.stdout
