"""What bounds the commands of a scheduler's scripts."""

from __future__ import annotations

import os
import subprocess
import time
from typing import TYPE_CHECKING

import pytest

from gitbatch_tui.core.server.calls import BOUNDS

if TYPE_CHECKING:
    from pathlib import Path

SHELLS = ("dash", "bash", "busybox sh")
NEEDED = ("date", "sleep", "cat", "env")


@pytest.fixture(params=["timeout", "no timeout"])
def path(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A PATH with or without the program that isn't on every system."""
    if request.param == "timeout":
        return os.environ["PATH"]
    for name in NEEDED:
        (tmp_path / name).symlink_to(f"/bin/{name}")
    return str(tmp_path)


def run(shell: str, path: str, script: str, patience: int = 9) -> subprocess.CompletedProcess[str]:
    words = shell.split()
    words[0] = f"/bin/{words[0]}"
    return subprocess.run(
        [*words, "-c", f"patience={patience}\n{BOUNDS}{script}"],
        env={"PATH": path},
        capture_output=True,
        encoding="utf-8",
        timeout=30,
        check=False,
    )


@pytest.mark.parametrize("shell", SHELLS)
def test_what_a_command_prints_and_how_it_ends_are_kept(shell: str, path: str) -> None:
    said = run(shell, path, 'a=$(within 5 env); echo $?; test -n "$a" && echo it; within 5 sh -c x')
    assert said.stdout == "0\nit\n"
    assert said.returncode == 127


@pytest.mark.parametrize("shell", SHELLS)
def test_one_that_hangs_is_ended_and_said_to_have(shell: str, path: str) -> None:
    began = time.monotonic()
    said = run(shell, path, "a=$(within 1 sleep 60); echo $?")
    assert said.stdout == "124\n"
    assert time.monotonic() - began < 10


@pytest.mark.parametrize("shell", SHELLS)
def test_all_commands_together_have_no_longer_than_the_script(shell: str, path: str) -> None:
    began = time.monotonic()
    said = run(shell, path, "within 20 sleep 60; echo $?; within 20 sleep 60; echo $?", patience=2)
    assert said.stdout == "124\n124\n"
    assert time.monotonic() - began < 10


@pytest.mark.parametrize("shell", SHELLS)
def test_a_command_does_not_read_what_the_script_reads(shell: str, path: str) -> None:
    script = "printf '1\\n2\\n' | while read -r n; do within 5 cat; echo $n; done"
    assert run(shell, path, script).stdout == "1\n2\n"
