"""The command line: it reads arguments, asks, prints, and calls the core for everything else."""

from __future__ import annotations

import atexit
import gc
import os
import sys

# Whoever presses ctrl+c at once needn't see what is imported: not even `typing` before `main`.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import NoReturn

_GARBAGE = 50_000
"""As many new objects as are worth a look for garbage, in a process that is soon over."""


def main(arguments: list[str] | None = None) -> NoReturn:
    """Run the program and end it, quietly where ctrl+c comes before anything was begun."""
    open_streams()
    statuses: list[int] = []
    atexit.register(leave, statuses)  # called after all that are registered later
    try:
        run(arguments)
    except KeyboardInterrupt:
        sys.exit(130)
    except SystemExit as end:
        if isinstance(end.code, int):
            statuses.append(end.code)
        raise


def leave(statuses: list[int]) -> None:
    """End with this status and all output, where there is one.

    Else Python would take apart first all that was imported, a sixth of a short command's time.
    """
    for status in statuses:
        try:
            sys.stdout.flush()
            sys.stderr.flush()
        except (OSError, ValueError):
            return  # Python says so, and ends with a status of its own
        os._exit(status)


def open_streams() -> None:
    """Have all three standard streams: the next file that is opened would take a closed one's."""
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        if getattr(sys, name) is None:
            os.open(os.devnull, os.O_RDWR)
            setattr(sys, name, os.fdopen(number, "w" if number else "r", encoding="utf-8"))


def run(arguments: list[str] | None) -> NoReturn:
    """Run a command, or the screen, which needs no command-line library and doesn't wait for it."""
    # What somebody can't use themselves is of use to nobody.
    os.umask(os.umask(0o077) & 0o077)
    if arguments is None and len(sys.argv) == 1 and sys.stdin.isatty() and sys.stdout.isatty():
        from gitbatch_tui.ui.start import open_screen  # noqa: PLC0415  # commands don't need it

        sys.exit(open_screen())
    # Most of what a command makes are modules, which stay: looking for garbage takes its time.
    gc.set_threshold(_GARBAGE)
    from gitbatch_tui.cli import frame  # noqa: PLC0415  # the screen doesn't need it

    frame.main(arguments)


__all__ = ["main"]
