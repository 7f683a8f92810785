"""Runs a program in a terminal of its own and answers its questions."""

from __future__ import annotations

import os
import pty
import select
import subprocess
import sys
import termios
from typing import TYPE_CHECKING, Self

from tests.support.waiting import wait_until

if TYPE_CHECKING:
    from collections.abc import Sequence

OURS = [sys.executable, "-m", "gitbatch_tui"]
"""The program, as a command."""
LEAVES = b"\x1b[?1049l"
"""Out of the alternate screen."""

# Stands for the shell that a person has in a terminal: it makes the terminal /dev/tty, which is
# where ssh asks, runs the program, and is still there afterwards.
_SHELL = """
import fcntl, os, subprocess, sys, termios
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
told, kept = map(int, sys.argv[1:3])
os.write(told, b"%d" % subprocess.call(sys.argv[3:]))
os.read(kept, 1)
"""


class Terminal:
    """A program and what it writes to its terminal, as raw bytes."""

    def __init__(self, argv: Sequence[str]) -> None:
        self.said = b""
        self._screen, terminal = pty.openpty()
        self._status, told = os.pipe()
        kept, self._open = os.pipe()
        self._shell = subprocess.Popen(
            [sys.executable, "-c", _SHELL, str(told), str(kept), *argv],
            stdin=terminal,
            stdout=terminal,
            stderr=terminal,
            pass_fds=(told, kept),
            start_new_session=True,
        )
        for theirs in (terminal, told, kept):
            os.close(theirs)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for ours in (self._screen, self._open, self._status):
            os.close(ours)
        self._shell.wait()

    def expect(self, text: str) -> None:
        """Wait until the program has said something new."""
        wait_until(lambda: text.encode() in self._heard(), what=f"{text!r} in {self.said!r}")
        self.said = self.said.partition(text.encode())[2]

    def type(self, text: str) -> None:
        os.write(self._screen, text.encode())

    def type_secretly(self, text: str) -> None:
        """Type when the program has turned the echo off, with which it drops what came before."""
        wait_until(lambda: not termios.tcgetattr(self._screen)[3] & termios.ECHO, what="no echo")
        self.type(text)

    def end(self) -> int:
        """The exit status, when the program has ended; the terminal stays open."""

        def ended() -> bool:
            self._heard()
            return bool(select.select([self._status], [], [], 0)[0])

        wait_until(ended, what=f"the program to end, after {self.said!r}")
        return int(os.read(self._status, 10))

    def _heard(self) -> bytes:
        while select.select([self._screen], [], [], 0)[0]:
            try:
                self.said += os.read(self._screen, 65536)
            except OSError:  # what a terminal says when nobody has it any more
                break
        return self.said
