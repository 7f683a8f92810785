"""A git command that takes its time: shows its progress, and can be stopped."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from gitbatch_tui.core.base import bounds
from gitbatch_tui.core.base.text import clean
from gitbatch_tui.core.hosts.pipes import TICK, Pipes
from gitbatch_tui.core.hosts.process import ask_to_end
from gitbatch_tui.errors import CommandFailed

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Iterator

_KEPT = 65536
_LINE_END = re.compile(rb"\r?\n|\r(?=.)", re.DOTALL)


class GitProcess:
    """Iterating gives the lines that git writes to stderr, cleaned, as they come."""

    def __init__(self, process: subprocess.Popen[bytes], pipes: Pipes) -> None:
        self.status: int | None = None
        """None while it runs, and when it was terminated."""
        self.said: list[str] = []
        """The lines so far, without the progress that was overwritten."""
        self._process = process
        self._pipes = pipes
        self._unfinished = b""
        self._terminated = False
        self._length = 0

    def __iter__(self) -> Iterator[str]:
        while self._pipes.open and not self._terminated:
            # Asked before: what it says last may come while nothing does.
            over = self._process.poll() is not None
            moved = self._pipes.pump(TICK * 5)
            yield from self._complete_lines()
            if over and not moved:
                break
        if not self._terminated:
            self.status = self._process.wait()
        if self._unfinished:
            yield self._note(self._unfinished, lasts=True)

    @property
    def pid(self) -> int:
        """The command's process."""
        return self._process.pid

    @property
    def stdout(self) -> str:
        """The output so far."""
        return bytes(self._pipes.stdout).decode("utf-8", "surrogateescape")

    def terminate(self) -> None:
        """Stop it, from any thread; iterating then ends."""
        self._terminated = True
        ask_to_end(self._process)

    def check(self, sentence: str) -> str:
        """Return the output, if it went well; else raises `CommandFailed` with `sentence`."""
        if self.status:
            detail = "\n".join(self.said)
            raise CommandFailed(sentence, status=self.status, detail=detail)
        return self.stdout

    def _complete_lines(self) -> Iterator[str]:
        pending = self._unfinished + bytes(self._pipes.stderr)
        self._pipes.stderr.clear()
        start = 0
        for end in _LINE_END.finditer(pending):
            if (line := pending[start : end.start()]) and not self._terminated:
                yield self._note(line, lasts=end[0] != b"\r")
            start = end.end()
        self._unfinished = pending[start:][-_KEPT:]

    def _note(self, line: bytes, *, lasts: bool) -> str:
        text = clean(line)
        if lasts:
            self.said.append(text)
            self._length += len(text)
            if self._length > bounds.ANSWER or len(self.said) > bounds.LINES:
                self._end_endless()
        return text

    def _end_endless(self) -> None:
        """Let go of a server that never stops talking; what it did isn't known then."""
        self.terminate()
        self.said.append(f"fatal: {bounds.too_long('What the server says', bounds.ANSWER)}")
