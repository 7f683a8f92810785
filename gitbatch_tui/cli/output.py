"""Prints: text for people, JSON for programs, progress for whoever waits."""

from __future__ import annotations

import math
import sys
import threading
from contextlib import contextmanager, nullcontext
from typing import TYPE_CHECKING, Any

import click

from gitbatch_tui.core.base.text import clean, one_line
from gitbatch_tui.errors import Refused

if TYPE_CHECKING:
    from collections.abc import Iterator

PATIENCE = 1.0
"""Seconds after which waiting needs an explanation."""

JSON_VERSION = 1
"""The version of what `--json` prints; it stays where keys are only added."""
_ERASE = "\r\x1b[K"


def say(text: str = "") -> None:
    """Print text for people to stdout; text from outside may be in it."""
    _print(clean(text))


def note(text: str) -> None:
    """Print to stderr what isn't the command's output."""
    _print(clean(text), err=True)


def _print(text: str, *, err: bool = False) -> None:
    # What is printed would go on behind a line that says what is being waited for.
    with _lines[-1].away() if _lines else nullcontext():
        click.echo(text, err=err)


def print_json(value: Any) -> None:
    """Print a value for programs; all signs outside of ASCII are escaped.

    Each object, alone or in a list, says first of which version its keys are: docs/json.md. NaN
    and infinite values, which JSON can't have, are null.
    """
    import json  # noqa: PLC0415  # text for people needs none

    _print(json.dumps(_finite(_versioned(value)), indent=2, allow_nan=False))


def _finite(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _finite(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(each) for each in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _versioned(value: Any) -> Any:
    if isinstance(value, dict):
        return {"version": JSON_VERSION, **value}
    return [_versioned(each) for each in value] if isinstance(value, list | tuple) else value


def terminal_width() -> int:
    """Columns of the terminal; 80 where there is none, and $COLUMNS doesn't say otherwise."""
    import shutil  # noqa: PLC0415  # it brings what unpacks archives, and most commands need no width

    return shutil.get_terminal_size().columns


def is_interactive() -> bool:
    """True if a person can be asked: both ends are a terminal."""
    return sys.stdin.isatty() and sys.stderr.isatty()


def confirm(question: str, *, yes: bool) -> None:
    """Ask before something that is hard to undo; raises `Refused` where nobody can be asked."""
    if yes:
        return
    if not is_interactive():
        raise Refused(f"{clean(question)} Nothing was done: say --yes where nobody can be asked.")
    if not click.confirm(clean(question), err=True):
        raise Refused("Nothing was done.")


class Status:
    """A line on stderr that says what is being waited for, once that takes long."""

    def __init__(self, doing: str) -> None:
        self._doing = one_line(doing)
        self._seconds = 0.0
        self._shown = False
        self._ended = threading.Event()
        self._lock = threading.Lock()

    def doing(self, text: str) -> None:
        """Say what is being done now."""
        with self._lock:
            self._doing = one_line(text)
            if self._shown:
                self._draw()

    @contextmanager
    def away(self) -> Iterator[None]:
        """Erase the line; it comes back later."""
        with self._lock:
            self._erase()
            yield

    def run(self) -> None:
        """Redraw the line until it is stopped."""
        while not self._ended.wait(PATIENCE):
            self._seconds += PATIENCE
            with self._lock:
                self._draw()

    def stop(self) -> None:
        self._ended.set()
        with self._lock:
            self._erase()

    def _draw(self) -> None:
        rest = f" ({self._seconds:.0f} s, ctrl+c stops)"
        room = max(0, terminal_width() - len(rest) - 1)
        sys.stderr.write(_ERASE + self._doing[:room] + rest)
        sys.stderr.flush()
        self._shown = True

    def _erase(self) -> None:
        if self._shown:
            sys.stderr.write(_ERASE)
            sys.stderr.flush()
            self._shown = False


_lines: list[Status] = []
"""Those that may be shown now, the newest last."""


@contextmanager
def status(doing: str) -> Iterator[Status]:
    """Show what is being done while it lasts; nothing is shown where stderr isn't a terminal."""
    line = Status(doing)
    thread = threading.Thread(target=line.run, daemon=True)
    if sys.stderr.isatty():
        thread.start()
    _lines.append(line)
    try:
        yield line
    finally:
        _lines.remove(line)
        line.stop()
