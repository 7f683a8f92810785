"""Ends the screen when it is told to, or when its terminal is gone, whatever else hangs."""

from __future__ import annotations

import os
import select
import signal
import sys
import termios
import threading
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

from gitbatch_tui.core.hosts.process import end_all

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

PATIENCE = 1.3
"""Seconds for leaving in good order; then the process ends as it is, and so do its programs."""

_SIGNALS = (signal.SIGTERM, signal.SIGHUP)
# Out of the alternate screen, with a cursor, without mouse, focus and paste reports.
_LEAVE = (
    b"\x1b[<u\x1b[?1049l\x1b[?25h\x1b[?1000l\x1b[?1003l\x1b[?1015l\x1b[?1006l\x1b[?1004l\x1b[?2004l"
)


@contextmanager
def ending(leave: Callable[[int], None]) -> Iterator[None]:
    """Call `leave` with an exit status on SIGTERM, on SIGHUP and when the terminal hangs up.

    Only from the main thread. It may be called in any thread, and even before it can do anything.
    """
    terminal = sys.stdin.fileno()
    as_it_was = termios.tcgetattr(terminal)

    def end(status: int) -> None:
        timer = threading.Timer(PATIENCE, _end_now, (terminal, as_it_was, status))
        timer.daemon = True
        timer.start()
        with suppress(RuntimeError):  # it is leaving already
            leave(status)

    before = {number: signal.signal(number, lambda n, _: end(128 + n)) for number in _SIGNALS}
    threading.Thread(target=_when_hung_up, args=(terminal, end), daemon=True).start()
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _when_hung_up(terminal: int, end: Callable[[int], None]) -> None:
    hung_up = select.poll()
    hung_up.register(terminal, 0)
    hung_up.poll()
    end(128 + signal.SIGHUP)


def _end_now(terminal: int, as_it_was: list[Any], status: int) -> None:
    with suppress(OSError, termios.error):
        # A terminal that takes nothing must not hold us, either.
        os.set_blocking(terminal, False)
        os.write(terminal, _LEAVE)
        termios.tcsetattr(terminal, termios.TCSANOW, as_it_was)
        os.set_blocking(terminal, True)
    end_all()
    os._exit(status)
