"""Opens the screen, and ends it when it is told to or its terminal is gone, whatever else hangs.

git is asked first, and answers while the screen's library is imported.
"""

from __future__ import annotations

import gc
import os
import select
import signal
import sys
import termios
import threading
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gitbatch_tui.core.hosts.process import end_all
from gitbatch_tui.core.watch.overview import StartupQuery

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from gitbatch_tui.ui.app import GitBatchApp


PATIENCE = 1.3
"""Seconds for leaving in good order; then the process ends as it is, and so do its programs."""

_SIGNALS = (signal.SIGTERM, signal.SIGHUP)
# Out of the alternate screen, with a cursor, without mouse, focus and paste reports.
_LEAVE = (
    b"\x1b[<u\x1b[?1049l\x1b[?25h\x1b[?1000l\x1b[?1003l\x1b[?1015l\x1b[?1006l\x1b[?1004l\x1b[?2004l"
)
_DEMO = "This is a small project on a batch remote of its own. Press s, and then enter, to run it."


def open_screen() -> int:
    """Show the screen of the clone that the current folder is in; the exit status."""
    if _object():
        return 1
    path = Path.cwd()
    # What is made until the first picture stays: looking for garbage in it takes its time.
    gc.disable()
    with StartupQuery(path) as beginning:
        from gitbatch_tui.ui.app import GitBatchApp  # noqa: PLC0415  # git is at work by now

        app = GitBatchApp(path, beginning)
        with ending(app.leave):
            app.run()
    return app.return_code or 0


def open_demo(project: Path) -> int:
    """Show the screen of the demo's project; the exit status."""
    if _object():
        return 1
    app = demo_app(project)
    app.run()
    return app.return_code or 0


def demo_app(project: Path) -> GitBatchApp:
    """The screen of a clone with the guide above it, whatever a person has seen before."""
    from gitbatch_tui.ui.app import GitBatchApp  # noqa: PLC0415  # as above
    from gitbatch_tui.ui.guide import Guide  # noqa: PLC0415  # as above

    app = GitBatchApp(project)
    app.guide = Guide(_DEMO, needed=True)
    return app


def _object() -> bool:
    """Say why the screen can't be shown here; False where it can."""
    why = _objection()
    if why:
        seen = sys.stderr if sys.stderr.isatty() else sys.stdout
        seen.write(f"gitbatch-tui: {why}\n")
    return bool(why)


def _objection() -> str:
    """Why the screen can't be shown here; empty where it can."""
    try:
        Path.cwd()
    except FileNotFoundError:
        return "this folder was removed: go to your clone."
    term = os.environ.get("TERM", "")
    if term in {"", "dumb", "unknown"}:
        return (
            f"this terminal can't show the screen (TERM={term}). The commands work: `gitbatch-tui "
            "--help` lists them."
        )
    if not sys.stderr.isatty():
        return "the screen is drawn on standard error, which is no terminal here: leave out `2>`."
    if sys.stdout.encoding.lower().replace("-", "") != "utf8":
        return (
            f"the screen needs a UTF-8 locale, and this one is {sys.stdout.encoding}: "
            "`LC_ALL=C.UTF-8 gitbatch-tui`. The commands work without."
        )
    return ""


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
