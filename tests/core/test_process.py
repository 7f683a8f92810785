"""Programs that are listened to: nothing they say is missed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from gitbatch_tui.core.git.process import GitProcess
from gitbatch_tui.core.hosts.pipes import Pipes, finish
from gitbatch_tui.core.hosts.process import Processes
from gitbatch_tui.core.hosts.stream import ProcessStream
from tests.support.waiting import wait_until

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Iterator
    from pathlib import Path

SCRIPT = 'while ! test -e "$0"; do sleep 0.01; done; echo last; echo words >&2'


class Late(Pipes):
    """Looks for the first time just before the program says its last, and hears nothing."""

    def __init__(self, process: subprocess.Popen[bytes], go: Path) -> None:
        super().__init__(process)
        self._process = process
        self._go = go
        self._looked = False

    def pump(self, seconds: float) -> bool:
        if self._looked:
            return super().pump(seconds)
        self._looked = True
        self._go.touch()
        wait_until(lambda: self._process.poll() is not None)
        return False


@pytest.fixture
def go(tmp_path: Path) -> Path:
    return tmp_path / "go"


@pytest.fixture
def process(go: Path) -> Iterator[subprocess.Popen[bytes]]:
    with Processes().start(["sh", "-c", SCRIPT, str(go)]) as process:
        yield process


def test_the_last_words_of_a_program_are_heard(process: subprocess.Popen[bytes], go: Path) -> None:
    with Late(process, go) as pipes:
        finish(process, pipes, 10)
    assert (bytes(pipes.stdout), bytes(pipes.stderr)) == (b"last\n", b"words\n")


def test_a_stream_ends_with_the_last_words(process: subprocess.Popen[bytes], go: Path) -> None:
    with Late(process, go) as pipes:
        assert b"".join(ProcessStream(process, pipes)) == b"last\n"


def test_a_command_of_git_ends_with_the_last_words(
    process: subprocess.Popen[bytes], go: Path
) -> None:
    with Late(process, go) as pipes:
        running = GitProcess(process, pipes)
        assert list(running) == ["words"]
        assert running.stdout == "last\n"
