"""Reaches a host through the system's ssh.

The person's ssh configuration, agents, jump hosts and host keys apply as they do in a terminal;
host key checking is never weakened. In the background ssh asks nothing (BatchMode): where it
would have to, `LoginNeeded` is raised, and `login_command` is what to run in the terminal.

GITBATCH_SSH in the environment names another program than `ssh`, with the same options.
"""

from __future__ import annotations

import secrets
import shlex
import subprocess
import time
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from gitbatch_tui.core import envelope
from gitbatch_tui.core.connection import CONNECT_SECONDS, ENVIRONMENT, PATIENCE, Connection
from gitbatch_tui.core.diagnosis import diagnose, diagnose_loss
from gitbatch_tui.core.envelope import Stop
from gitbatch_tui.core.host import Answer, Journal, Stream, journaled
from gitbatch_tui.core.process import GRACE, Pipes, Processes, finish
from gitbatch_tui.core.slots import Slots
from gitbatch_tui.core.stream import ProcessStream
from gitbatch_tui.core.text import clean
from gitbatch_tui.errors import TimedOut, Unreachable

if TYPE_CHECKING:
    import re
    from collections.abc import Iterator
    from contextlib import AbstractContextManager

_OPENING_SECONDS = 3 * CONNECT_SECONDS
_MARK_BYTES = 100


class SshHost:
    """A host behind ssh, on one connection that all its sessions share."""

    def __init__(
        self,
        destination: str,
        port: int | None = None,
        *,
        journal: Journal | None = None,
        patience: float = PATIENCE,
    ) -> None:
        """`destination` is `host` or `user@host`, as `Location` has checked it."""
        self._connection = Connection(destination, port, patience)
        self.name = self._connection.name
        self._journal = journal
        self._processes = Processes()
        self._slots = Slots(self.name)

    def run(self, script: str, *args: str, stdin: bytes = b"", timeout: float = 60) -> Answer:
        deadline = time.monotonic() + timeout
        with journaled(self._journal, self.name, (script, *args)) as note, self.session(timeout):
            left = max(1, deadline - time.monotonic())
            return note.answered(self._ask(script, *args, stdin=stdin, timeout=left))

    @contextmanager
    def stream(self, script: str, *args: str) -> Iterator[Stream]:
        token = secrets.token_hex(8)
        command = envelope.seal(script, args, token, Stop.AT_THE_END)
        with (
            journaled(self._journal, self.name, (script, *args)) as note,
            self._doubting_failures(),
        ):
            self._open(_OPENING_SECONDS)
            with (
                self._slots.take_for_stream(CONNECT_SECONDS),
                self._start(command) as process,
                Pipes(process, hold_stdin=True) as pipes,
            ):
                stream = SshStream(process, pipes, token, self._connection)
                yield stream
                note.status = stream.status

    @contextmanager
    def session(self, timeout: float = 60) -> Iterator[None]:
        # Who has a session came through the door before, and mustn't wait there for others.
        if not self._slots.taken:
            self._open(timeout)
        with self._slots.take(timeout):
            yield

    def environment(self) -> dict[str, str]:
        return self._connection.git_environment()

    def interactive(self, script: str, *args: str) -> list[str]:
        words = shlex.join(["exec", "sh", "-c", script, "sh", *args])
        return self._connection.foreground(envelope.for_any_shell(words), terminal=True)

    def login_command(self) -> list[str]:
        return self._connection.foreground("exit", terminal=False)

    def close(self) -> None:
        self._processes.close()
        self._connection.close()

    def _open(self, timeout: float) -> None:
        self._connection.open(lambda: self._greet(min(timeout, _OPENING_SECONDS)), timeout)

    def _greet(self, timeout: float) -> None:
        with self._slots.take(timeout):
            try:
                self._ask(":", timeout=timeout)
            except Unreachable as failure:
                if type(failure) is Unreachable and self._connection.has_proxy():
                    # ssh hides what a shared connection's proxy says, such as a jump host's ssh.
                    self._ask(":", timeout=timeout, shared=False)
                raise

    def _ask(
        self, script: str, *args: str, stdin: bytes = b"", timeout: float, shared: bool = True
    ) -> Answer:
        token = secrets.token_hex(8)
        stop = Stop.NEVER if stdin else Stop.ON_A_LINE
        command = envelope.seal(script, args, token, stop)
        with (
            self._doubting_failures(),
            self._start(command, shared=shared) as process,
            Pipes(process, stdin, hold_stdin=bool(stop)) as pipes,
        ):
            try:
                finish(process, pipes, timeout, lambda: _is_complete(token, pipes))
            except TimeoutError as error:
                _stop(process, pipes)
                raise self._too_late(token, pipes, timeout) from error
            answer = envelope.unseal(token, bytes(pipes.stdout), bytes(pipes.stderr))
            if answer is None:
                raise self._failure(token, process, pipes)
            return answer

    def _start(
        self, command: str, *, shared: bool = True
    ) -> AbstractContextManager[subprocess.Popen[bytes]]:
        argv = self._connection.background(command, shared=shared)
        return self._processes.start(argv, ENVIRONMENT)

    @contextmanager
    def _doubting_failures(self) -> Iterator[None]:
        try:
            yield
        except Unreachable:
            self._connection.doubt()
            raise

    def _failure(self, token: str, process: subprocess.Popen[bytes], pipes: Pipes) -> Unreachable:
        if envelope.begin_mark(token) in pipes.stdout:
            return diagnose_loss(self.name, envelope.inner(token, bytes(pipes.stderr)))
        output = bytes(pipes.stdout + pipes.stderr)
        return diagnose(self.name, self._connection.login, process.poll(), output)

    def _too_late(self, token: str, pipes: Pipes, timeout: float) -> TimedOut:
        begun = envelope.begin_mark(token) in pipes.stdout
        return TimedOut(
            f"A command on {self.name} didn't end within {timeout:g} s and was told to stop."
            if begun
            else f"{self.name} didn't answer within {timeout:g} s: check the network.",
            detail=clean(envelope.inner(token, bytes(pipes.stderr))),
        )


class SshStream(ProcessStream):
    """The stdout of a script on a host, without what the login shell says before it."""

    def __init__(
        self, process: subprocess.Popen[bytes], pipes: Pipes, token: str, connection: Connection
    ) -> None:
        super().__init__(process, pipes)
        self._token = token
        self._connection = connection
        self._begun = False

    @property
    def stderr(self) -> bytes:
        return envelope.inner(self._token, super().stderr)

    def _take(self) -> bytes:
        if not self._begun:
            mark = envelope.begin_mark(self._token)
            position = self._pipes.stdout.find(mark)
            if position < 0:
                return b""
            del self._pipes.stdout[: position + len(mark)]
            self._begun = True
        return super()._take()

    def _is_over(self) -> bool:
        return super()._is_over() or self._end() is not None

    def _finish(self) -> None:
        end = self._end()
        if end is None:
            raise self._failure()
        self.status = int(end[1])

    def _failure(self) -> Unreachable:
        name, login = self._connection.name, self._connection.login
        if self._begun:
            return diagnose_loss(name, self.stderr)
        # What came before the begin is still there: nothing was taken.
        output = bytes(self._pipes.stdout + self._pipes.stderr)
        return diagnose(name, login, self._process.poll(), output)

    def _end(self) -> re.Match[bytes] | None:
        return envelope.end_of(self._token, super().stderr[-_MARK_BYTES:])


def _is_complete(token: str, pipes: Pipes) -> bool:
    collected = (pipes.stdout, pipes.stderr)
    return all(envelope.end_of(token, bytes(data[-_MARK_BYTES:])) for data in collected)


def _stop(process: subprocess.Popen[bytes], pipes: Pipes) -> None:
    """End the command over there, too, if the connection still works."""
    pipes.send_last(b"stop\n")
    with suppress(subprocess.TimeoutExpired):
        process.wait(GRACE)
