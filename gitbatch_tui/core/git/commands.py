"""git's commands in one repository, each of which comes into the journal."""

from __future__ import annotations

import time
from contextlib import contextmanager
from itertools import pairwise
from typing import TYPE_CHECKING

from gitbatch_tui.core.base import bounds
from gitbatch_tui.core.base.journal import HERE, Journal, JournalNote, journaled
from gitbatch_tui.core.base.text import clean
from gitbatch_tui.core.git.calling import ENVIRONMENT, OPTIONS
from gitbatch_tui.core.git.complaints import reason_in, remove_left_over, sentence_for
from gitbatch_tui.core.git.process import GitProcess
from gitbatch_tui.core.hosts.host import Answer, answer_of
from gitbatch_tui.core.hosts.pipes import Pipes, finish
from gitbatch_tui.core.hosts.process import Processes
from gitbatch_tui.core.hosts.stream import ProcessStream
from gitbatch_tui.errors import CommandFailed

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Iterator, Mapping
    from contextlib import AbstractContextManager
    from pathlib import Path

# Git 2.17 has no option for it.
_NO_TIDYING = ("-c", "gc.auto=0", "-c", "maintenance.auto=false")

_PAUSES = (0.05, 0.2, 0.8)
"""Seconds before a fetch is tried again."""


class GitCommands:
    """Runs the user's git, each command to its end or as it comes."""

    def __init__(self, path: Path, journal: Journal | None = None) -> None:
        self.path = path
        self._journal = journal
        self._processes = Processes()

    def close(self) -> None:
        """End what still runs and let go."""
        self._processes.close()

    def ask(
        self, *args: str, stdin: bytes = b"", environment: Mapping[str, str] | None = None
    ) -> Answer:
        """Run git to its end, whatever its exit status."""
        with (
            self._journaled(args) as note,
            self._start(args, environment) as process,
            Pipes(process, stdin, most=bounds.GIT) as pipes,
        ):
            finish(process, pipes)
            answer = answer_of(process, pipes)
            note.ended(answer.status, answer.stdout + answer.stderr)
            return answer

    def git(
        self, *args: str, stdin: bytes = b"", environment: Mapping[str, str] | None = None
    ) -> str:
        """Run git and return its output, without the last newline; raises `CommandFailed`."""
        answer = self.ask(*args, stdin=stdin, environment=environment)
        if answer.status:
            raise _failure(args, answer)
        return answer.stdout.decode("utf-8", "surrogateescape").removesuffix("\n")

    def try_git(self, *args: str) -> str | None:
        """Run git and return its output, without the last newline; None if it fails."""
        answer = self.ask(*args)
        text = answer.stdout.decode("utf-8", "surrogateescape").removesuffix("\n")
        return None if answer.status else text

    def fetch(self, *args: str, environment: Mapping[str, str] | None = None) -> str:
        """Run `git fetch` and return its output; again where another one has just the same ref."""
        for pause in _PAUSES:
            try:
                return self.git(*_NO_TIDYING, "fetch", *args, environment=environment)
            except CommandFailed as error:
                if "cannot lock ref" not in error.detail:
                    raise
                remove_left_over(error.detail)
            time.sleep(pause)
        return self.git(*_NO_TIDYING, "fetch", *args, environment=environment)

    @contextmanager
    def process(
        self, *args: str, environment: Mapping[str, str] | None = None
    ) -> Iterator[GitProcess]:
        """A command that takes its time, such as a push; it has ended when the context has."""
        with (
            self._journaled(args) as note,
            self._start(args, environment) as process,
            Pipes(process, most=bounds.GIT) as pipes,
        ):
            running = GitProcess(process, pipes)
            try:
                yield running
            finally:
                note.status = running.status
                note.output = "\n".join([*running.said, running.stdout]).encode(
                    "utf-8", "surrogateescape"
                )

    @contextmanager
    def stream(self, *args: str, stdin: bytes = b"") -> Iterator[ProcessStream]:
        """Run git and give its output in the chunks in which it comes."""
        with (
            self._journaled(args) as note,
            self._start(args, None) as process,
            Pipes(process, stdin) as pipes,
        ):
            stream = ProcessStream(process, pipes)
            yield stream
            note.status = stream.status

    def _journaled(self, args: tuple[str, ...]) -> AbstractContextManager[JournalNote]:
        return journaled(self._journal, HERE, ("git", *args))

    def _start(
        self, args: tuple[str, ...], environment: Mapping[str, str] | None
    ) -> AbstractContextManager[subprocess.Popen[bytes]]:
        command = ["git", *OPTIONS, "-C", str(self.path), *args]
        return self._processes.start(command, {**ENVIRONMENT, **(environment or {})})


def _failure(args: tuple[str, ...], answer: Answer) -> CommandFailed:
    said = clean(answer.stderr.replace(b"\r\n", b"\n")).strip()
    settings = {arg for before, arg in pairwise(args) if before == "-c"}
    verb = next((arg for arg in args if not arg.startswith("-") and arg not in settings), "")
    sentence = sentence_for(said) or f"git {verb} failed: {reason_in(said.splitlines())}."
    return CommandFailed(sentence, status=answer.status, detail=said)
