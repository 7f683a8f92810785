"""Starts programs in a terminal and takes the time until something is on the screen."""

from __future__ import annotations

import fcntl
import os
import pty
import select
import signal
import struct
import subprocess
import termios
import time
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

PROJECT = Path(__file__).parents[2]
ROWS, COLUMNS = 35, 120
PATIENCE = 20


class Screen:
    """A program in a terminal of the design size, heard byte by byte."""

    def __init__(self, argv: Sequence[str], at: Path, env: Mapping[str, str] | None = None) -> None:
        self.said = b""
        self._ours, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
        hidden = {"COLUMNS", "LINES", "NO_COLOR", "PYTHONDONTWRITEBYTECODE"}
        clean = {key: value for key, value in os.environ.items() if key not in hidden}
        clean["PYTHONPATH"] = str(PROJECT)
        self.process = subprocess.Popen(
            argv, cwd=at, stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True,
            env={**clean, "TERM": "xterm-256color", **(env or {})},
        )  # fmt: skip
        os.close(theirs)

    def until(self, *words: str) -> float:
        """The moment at which all of the words have been said since the last call."""
        wanted = [word.encode() for word in words]
        deadline = time.perf_counter() + PATIENCE
        while not all(word in self.said for word in wanted):
            left = deadline - time.perf_counter()
            assert left > 0, f"{words} not in {self.said[-2000:]!r}"
            if select.select([self._ours], [], [], left)[0]:
                self.said += os.read(self._ours, 1 << 16)
        return time.perf_counter()

    def type(self, keys: bytes) -> float:
        """Press keys; forgets what was said before, and gives the moment."""
        self.said = b""
        os.write(self._ours, keys)
        return time.perf_counter()

    def resize(self, columns: int, rows: int) -> None:
        """Make the terminal larger or smaller, and tell the program."""
        fcntl.ioctl(self._ours, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        os.kill(self.process.pid, signal.SIGWINCH)
        while select.select([self._ours], [], [], 0)[0]:
            self.said += os.read(self._ours, 1 << 16)

    def listen(self, seconds: float) -> bytes:
        """Hear it out for so long; what it has said in that time."""
        self.said, deadline = b"", time.perf_counter() + seconds
        while (left := deadline - time.perf_counter()) > 0:
            if select.select([self._ours], [], [], left)[0]:
                self.said += os.read(self._ours, 1 << 16)
        return self.said

    def hang_up(self) -> None:
        """Take the terminal away."""
        os.close(self._ours)

    def close(self) -> None:
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        os.close(self._ours)


def seconds_to(words: Sequence[str], argv: Sequence[str], at: Path) -> float:
    """From the start of a program until all of the words have been written."""
    begin = time.perf_counter()
    screen = Screen(argv, at)
    try:
        return screen.until(*words) - begin
    finally:
        screen.close()


def wakes(pid: int) -> int:
    """How often threads of a process have gone to sleep so far, and so woken up."""
    tasks = Path(f"/proc/{pid}/task").iterdir()
    words = " ".join((task / "status").read_text() for task in tasks).split()
    return sum(int(after) for word, after in pairwise(words) if word == "voluntary_ctxt_switches:")
