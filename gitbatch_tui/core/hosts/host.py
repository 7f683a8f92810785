"""The seam between the program and the machines it works on: one script in, one answer out.

Scripts are constants of the program; every value goes in as an argument, "$1" and on, so that
nothing from outside is ever read as shell.
"""

from __future__ import annotations

from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from gitbatch_tui.core.base.journal import HERE, Journal, journaled
from gitbatch_tui.core.base.text import clean, one_line
from gitbatch_tui.core.hosts.pipes import Pipes, finish
from gitbatch_tui.core.hosts.process import Processes
from gitbatch_tui.core.hosts.stream import ProcessStream
from gitbatch_tui.errors import CommandFailed, TimedOut

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Iterator


@dataclass(frozen=True)
class Answer:
    """Exit status and output of a script that has ended."""

    status: int
    """Its exit status; 128 + n when signal n ended it."""
    stdout: bytes
    stderr: bytes

    def check(self, sentence: str) -> bytes:
        """The output of a script that went well; else raises `CommandFailed` with `sentence`."""
        if self.status:
            raise CommandFailed(sentence, status=self.status, detail=clean(self.stderr))
        return self.stdout

    @property
    def text(self) -> str:
        """The output, to be read; what isn't UTF-8 in it is replaced."""
        return self.stdout.decode("utf-8", "replace")

    @property
    def complaint(self) -> str:
        """The output of errors, in one harmless line."""
        return one_line(self.stderr.strip())


class Stream(Protocol):
    """The stdout of a script that is running on a host."""

    status: int | None
    """The script's exit status; None while it runs, and when it was closed."""

    @property
    def stderr(self) -> bytes:
        """The last 64 KiB of the script's stderr so far."""
        ...

    def __iter__(self) -> Iterator[bytes]:
        """Chunks as they come; raises `Unreachable` when the connection is lost."""
        ...

    def close(self) -> None:
        """End the script, from any thread, without waiting; iterating then ends, too."""
        ...


class Host(Protocol):
    """A machine that runs scripts. All methods may be called from any thread."""

    @property
    def name(self) -> str:
        """The name that people use for it."""
        ...

    def run(self, script: str, *args: str, stdin: bytes = b"", timeout: float = 60) -> Answer:
        """Run an sh script; raises `Unreachable` when its answer isn't known.

        After `timeout` seconds it is ended and `TimedOut` is raised. A script that is given
        `stdin` may go on over there, and sees a shorter one where the connection is lost: it
        has to check that it got all. Script and arguments together: at most 30 kB.
        """
        ...

    def stream(self, script: str, *args: str, stdin: bytes = b"") -> AbstractContextManager[Stream]:
        """Run an sh script that lasts; leaving the context ends it, there as well as here.

        One that is given `stdin` may go on over there, as with `run`. Raises `Refused` when too
        many streams are open on the host.
        """
        ...

    def session(self, timeout: float = 60) -> AbstractContextManager[None]:
        """Keep one of the host's sessions for a program that connects by itself, such as git.

        Raises `Unreachable`, so that git needn't find out.
        """
        ...

    def environment(self) -> dict[str, str]:
        """Environment variables that git needs to reach the host."""
        ...

    def interactive(self, script: str, *args: str) -> list[str]:
        """The command that runs a script in the person's own terminal."""
        ...

    def login_command(self) -> list[str]:
        """The command that logs in, asking what it must; empty where no login is needed."""
        ...

    def close(self) -> None:
        """End what runs and let the connection go."""
        ...


class LocalHost:
    """This machine."""

    name = HERE

    def __init__(self, journal: Journal | None = None) -> None:
        self._journal = journal
        self._processes = Processes()

    def run(self, script: str, *args: str, stdin: bytes = b"", timeout: float = 60) -> Answer:
        with (
            journaled(self._journal, self.name, (script, *args)) as note,
            self._start(script, *args) as process,
            Pipes(process, stdin) as pipes,
        ):
            try:
                finish(process, pipes, timeout)
            except TimeoutError as error:
                raise TimedOut(
                    f"A command on this machine took longer than {timeout:g} s and was ended.",
                    detail=clean(bytes(pipes.stderr)),
                ) from error
            answer = answer_of(process, pipes)
            note.ended(answer.status, answer.stdout + answer.stderr)
            return answer

    @contextmanager
    def stream(self, script: str, *args: str, stdin: bytes = b"") -> Iterator[Stream]:
        with (
            journaled(self._journal, self.name, (script, *args)) as note,
            self._start(script, *args) as process,
            Pipes(process, stdin) as pipes,
        ):
            stream = ProcessStream(process, pipes)
            yield stream
            note.status = stream.status

    def session(self, timeout: float = 60) -> AbstractContextManager[None]:  # noqa: ARG002  # here is room for any
        return nullcontext()

    def environment(self) -> dict[str, str]:
        return {}

    def interactive(self, script: str, *args: str) -> list[str]:
        return ["sh", "-c", script, "sh", *args]

    def login_command(self) -> list[str]:
        return []

    def close(self) -> None:
        self._processes.close()

    def _start(self, script: str, *args: str) -> AbstractContextManager[subprocess.Popen[bytes]]:
        return self._processes.start(self.interactive(script, *args))


def answer_of(process: subprocess.Popen[bytes], pipes: Pipes) -> Answer:
    """Exit status and output of a program that has ended."""
    status = process.wait()
    status = status if status >= 0 else 128 - status
    return Answer(status, bytes(pipes.stdout), bytes(pipes.stderr))
