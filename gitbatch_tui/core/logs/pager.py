"""Opens what a window looks onto in the person's own pager."""

from __future__ import annotations

import os
import shlex
import subprocess
from contextlib import suppress
from pathlib import PurePath
from typing import TYPE_CHECKING

from gitbatch_tui.core.base.journal import HERE, journaled
from gitbatch_tui.core.hosts.process import clean_environment
from gitbatch_tui.core.hosts.terminal import interrupts_are_theirs
from gitbatch_tui.core.logs.source import LogFile
from gitbatch_tui.errors import CommandFailed

if TYPE_CHECKING:
    from gitbatch_tui.core.base.journal import Journal
    from gitbatch_tui.core.logs.source import Source


def page(source: Source, offset: int, journal: Journal | None = None) -> None:
    """Run $PAGER in the terminal, at an offset where it understands that; returns when it ends.

    Raises `CommandFailed` when it can't be started.
    """
    words = _pager(offset)
    file = (str(source.path),) if isinstance(source, LogFile) else ()
    with (
        interrupts_are_theirs(),
        journaled(journal, HERE, (*words, *file)) as note,
    ):
        try:
            if file:
                done = subprocess.run([*words, *file], env=clean_environment(), check=False)
                note.status = done.returncode
            else:
                note.status = _feed(words, source)
        except OSError as error:
            why = error.strerror or str(error)
            raise CommandFailed(
                f"$PAGER, {words[0]}, can't be started: {why}.", status=127
            ) from error


def _pager(offset: int) -> list[str]:
    words = shlex.split(os.environ.get("PAGER", "")) or ["less"]
    if PurePath(words[0]).name != "less":
        return words
    # -n: at an offset, counting the lines before it would take a while.
    return [*words, "-n", f"+{offset}P"]


def _feed(words: list[str], source: Source) -> int:
    size = source.look().size
    environment = clean_environment()
    process = subprocess.Popen(words, stdin=subprocess.PIPE, env=environment)
    with suppress(BrokenPipeError), process:
        for chunk in source.chunks(0, size):
            if process.stdin:
                process.stdin.write(chunk)
    return process.wait()
