"""Reads the output of a program while it runs."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from gitbatch_tui.core.hosts.pipes import TICK, Pipes
from gitbatch_tui.core.hosts.process import ask_to_end

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Iterator

_KEPT_STDERR = 65536


class ProcessStream:
    """The stdout of a running program, in the chunks in which it comes."""

    _SILENCE = 5 * TICK
    """Seconds without a byte after which nothing comes any more from a program that is over."""

    def __init__(self, process: subprocess.Popen[bytes], pipes: Pipes) -> None:
        self.status: int | None = None
        self._process = process
        self._pipes = pipes
        self._closed = threading.Event()

    def __iter__(self) -> Iterator[bytes]:
        while self._pipes.open and not self._closed.is_set():
            # Asked before: what it says last may come while nothing does.
            over = self._is_over()
            moved = self._pipes.pump(self._SILENCE if over else 5 * TICK)
            del self._pipes.stderr[:-_KEPT_STDERR]
            if chunk := self._take():
                yield chunk
            if over and not moved:
                break
        if not self._closed.is_set():
            self._finish()

    @property
    def stderr(self) -> bytes:
        """The last 64 KiB of what the script wrote to stderr so far."""
        return bytes(self._pipes.stderr)

    def close(self) -> None:
        """End the program, from any thread, without waiting; iterating then ends, too."""
        self._closed.set()
        ask_to_end(self._process)

    def _take(self) -> bytes:
        chunk = bytes(self._pipes.stdout)
        self._pipes.stdout.clear()
        return chunk

    def _is_over(self) -> bool:
        return self._process.poll() is not None

    def _finish(self) -> None:
        status = self._process.wait()
        self.status = status if status >= 0 else 128 - status
