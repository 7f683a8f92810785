"""Feeds a program and collects what it says, without hanging on its pipes."""

from __future__ import annotations

import math
import os
import selectors
import subprocess
import time
from contextlib import suppress
from typing import IO, TYPE_CHECKING, Self

from gitbatch_tui.core.base import bounds

if TYPE_CHECKING:
    from collections.abc import Callable

TICK = 0.1
"""Seconds of silence after which a program that has ended, or has said its last, is let go."""
_CHUNK = 65536


class Pipes:
    """Feeds a program and collects what it says, whichever is ready first.

    Pumping raises `BadAnswer` where more than `most` bytes have come that nobody took.
    """

    def __init__(
        self,
        process: subprocess.Popen[bytes],
        stdin: bytes = b"",
        *,
        hold_stdin: bool = False,
        most: int = bounds.ANSWER,
    ) -> None:
        self._most = most
        self.stdout = bytearray()
        self.stderr = bytearray()
        self._stdin, self._unsent, self._hold_stdin = process.stdin, memoryview(stdin), hold_stdin
        self._selector = selectors.DefaultSelector()
        for pipe, collected in ((process.stdout, self.stdout), (process.stderr, self.stderr)):
            self._register(pipe, selectors.EVENT_READ, self._reader(pipe, collected))
        if stdin:
            self._register(self._stdin, selectors.EVENT_WRITE, self._send)
        elif not hold_stdin:
            close_pipe(self._stdin)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._selector.close()

    @property
    def open(self) -> bool:
        """True while anything can still come."""
        return bool(self._selector.get_map())

    def pump(self, seconds: float) -> bool:
        """Move what is ready, waiting for it up to `seconds`; False when nothing was."""
        events = self._selector.select(seconds)
        for key, _ in events:
            key.data()
        return bool(events)

    def send_last(self, data: bytes) -> None:
        """Write a few bytes to a held stdin and close it."""
        with suppress(OSError):
            if self._stdin:
                os.write(self._stdin.fileno(), data)
        close_pipe(self._stdin)

    def _register(self, pipe: IO[bytes] | None, event: int, ready: Callable[[], None]) -> None:
        if pipe:
            os.set_blocking(pipe.fileno(), False)
            self._selector.register(pipe, event, ready)

    def _reader(self, pipe: IO[bytes] | None, collected: bytearray) -> Callable[[], None]:
        def read() -> None:
            if pipe:
                with suppress(BlockingIOError):
                    data = os.read(pipe.fileno(), _CHUNK)
                    collected.extend(data)
                    if len(collected) > self._most:
                        raise bounds.too_long("The answer", self._most)
                    if not data:
                        self._selector.unregister(pipe)

        return read

    def _send(self) -> None:
        if not self._stdin:
            return
        try:
            sent = os.write(self._stdin.fileno(), self._unsent[:_CHUNK])
        except BlockingIOError:
            return
        except OSError:
            sent = len(self._unsent)
        self._unsent = self._unsent[sent:]
        if not self._unsent:
            self._selector.unregister(self._stdin)
            if not self._hold_stdin:
                close_pipe(self._stdin)


def finish(
    process: subprocess.Popen[bytes],
    pipes: Pipes,
    timeout: float | None = None,
    said_its_last: Callable[[], bool] = lambda: False,
) -> None:
    """Collect everything until the program ends; raises TimeoutError after `timeout` seconds.

    A child that keeps the program's stdout open isn't waited for.
    """
    deadline = math.inf if timeout is None else time.monotonic() + timeout
    while pipes.open:
        left = deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError
        # Asked before: what it says last may come while nothing does.
        over = process.poll() is not None or said_its_last()
        if not pipes.pump(min(TICK, left)) and over:
            return
    try:
        process.wait(None if timeout is None else max(0, deadline - time.monotonic()))
    except subprocess.TimeoutExpired as error:
        raise TimeoutError from error


def close_pipe(pipe: IO[bytes] | None) -> None:
    """Close it, also where nobody reads any more what closing may want to flush."""
    with suppress(OSError):
        if pipe:
            pipe.close()
