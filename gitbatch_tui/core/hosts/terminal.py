"""Runs programs in the person's own terminal: ssh's questions, a shell, the editor."""

from __future__ import annotations

import os
import shlex
import signal
import subprocess
from contextlib import contextmanager
from typing import TYPE_CHECKING

from gitbatch_tui.core.base.journal import HERE, journaled
from gitbatch_tui.core.base.text import one_line
from gitbatch_tui.core.hosts.process import clean_environment
from gitbatch_tui.errors import CommandFailed

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from gitbatch_tui.core.base.journal import Journal

_EDITOR = "vi"


def run_here(argv: Sequence[str], journal: Journal | None = None) -> int:
    """Run a program to its end, its questions and answers going over the terminal.

    Only from the main thread. Raises `CommandFailed` where it can't be started.
    """
    with interrupts_are_theirs(), journaled(journal, HERE, tuple(argv)) as note:
        try:
            note.status = subprocess.run(argv, env=clean_environment(), check=False).returncode
        except OSError as error:
            why = error.strerror or str(error)
            raise CommandFailed(
                f"{one_line(argv[0])} can't be started: {why}.", status=127
            ) from error
        return note.status


def editor_command(path: Path) -> list[str]:
    """The command that opens a file in the person's editor."""
    chosen = os.environ.get("VISUAL") or os.environ.get("EDITOR") or _EDITOR
    return [*(shlex.split(chosen) or [_EDITOR]), str(path)]


@contextmanager
def interrupts_are_theirs() -> Iterator[None]:
    """Let ctrl+c reach the program and leave this one alone."""
    # A handler, unlike SIG_IGN, isn't inherited.
    before = signal.signal(signal.SIGINT, lambda *_: None)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
