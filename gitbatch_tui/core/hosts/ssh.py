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

from gitbatch_tui.core.base.journal import Journal, journaled
from gitbatch_tui.core.base.text import clean
from gitbatch_tui.core.hosts import framing
from gitbatch_tui.core.hosts.connection import CONNECT_SECONDS, ENVIRONMENT, PATIENCE, Connection
from gitbatch_tui.core.hosts.diagnosis import diagnose, diagnose_loss
from gitbatch_tui.core.hosts.framing import EndOfScript, SshStream
from gitbatch_tui.core.hosts.pipes import TICK, Pipes, finish
from gitbatch_tui.core.hosts.process import GRACE, Processes
from gitbatch_tui.core.hosts.sharing import SessionLimit
from gitbatch_tui.errors import HostKeyUnknown, LoginNeeded, TimedOut, Unreachable

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractContextManager

    from gitbatch_tui.core.hosts.host import Answer, Stream

_OPENING_SECONDS = 3 * CONNECT_SECONDS
_STOP = b"stop\n"


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
        self._sessions = SessionLimit(self.name)
        self._stoppable: set[Pipes] = set()

    def run(self, script: str, *args: str, stdin: bytes = b"", timeout: float = 60) -> Answer:
        deadline = time.monotonic() + timeout
        with journaled(self._journal, self.name, (script, *args)) as note, self.session(timeout):
            left = max(1, deadline - time.monotonic())
            answer = self._ask(script, *args, stdin=stdin, timeout=left)
            note.ended(answer.status, answer.stdout + answer.stderr)
            return answer

    @contextmanager
    def stream(self, script: str, *args: str, stdin: bytes = b"") -> Iterator[Stream]:
        token = secrets.token_hex(8)
        end = EndOfScript.NEVER if stdin else EndOfScript.AT_THE_END
        command = framing.wrap(script, args, token, end)
        with (
            journaled(self._journal, self.name, (script, *args)) as note,
            self._doubting_failures(),
        ):
            self._open(_OPENING_SECONDS)
            with (
                self._sessions.take_for_stream(CONNECT_SECONDS),
                self._start(command) as process,
                Pipes(process, stdin, hold_stdin=not stdin) as pipes,
            ):
                stream = SshStream(process, pipes, token, self._connection)
                yield stream
                note.status = stream.status

    @contextmanager
    def session(self, timeout: float = 60) -> Iterator[None]:
        # A thread that has a session mustn't wait until another one has opened the connection.
        if not self._sessions.taken:
            self._open(timeout)
        with self._sessions.take(timeout):
            yield

    def environment(self) -> dict[str, str]:
        return self._connection.git_environment()

    def interactive(self, script: str, *args: str) -> list[str]:
        words = shlex.join(["exec", "sh", "-c", script, "sh", *args])
        return self._connection.foreground(framing.for_any_shell(words), terminal=True)

    def login_command(self) -> list[str]:
        return self._connection.foreground("exit", terminal=False)

    def close(self) -> None:
        self._processes.refuse()
        for pipes in self._stoppable.copy():
            pipes.send_last(_STOP)
        # They end over there first, and then here.
        deadline = time.monotonic() + GRACE
        while self._stoppable and time.monotonic() < deadline:
            time.sleep(TICK / 10)
        self._processes.close()
        self._connection.close()

    def _open(self, timeout: float) -> None:
        try:
            self._connection.open(lambda: self._greet(min(timeout, _OPENING_SECONDS)), timeout)
        except (LoginNeeded, HostKeyUnknown) as failure:
            failure.login = tuple(self.login_command())
            raise

    def _greet(self, timeout: float) -> None:
        with self._sessions.take(timeout):
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
        stop = EndOfScript.NEVER if stdin else EndOfScript.ON_A_LINE
        command = framing.wrap(script, args, token, stop)
        with (
            self._doubting_failures(),
            self._start(command, shared=shared) as process,
            Pipes(process, stdin, hold_stdin=bool(stop)) as pipes,
            self._stopped_on_closing(pipes if stop else None),
        ):
            try:
                finish(process, pipes, timeout, lambda: _is_complete(token, pipes))
            except TimeoutError as error:
                _stop(process, pipes)
                raise self._too_late(token, pipes, timeout) from error
            answer = framing.unwrap(token, bytes(pipes.stdout), bytes(pipes.stderr))
            if answer is None:
                raise self._failure(token, process, pipes)
            return answer

    def _start(
        self, command: str, *, shared: bool = True
    ) -> AbstractContextManager[subprocess.Popen[bytes]]:
        argv = self._connection.background(command, shared=shared)
        return self._processes.start(argv, ENVIRONMENT)

    @contextmanager
    def _stopped_on_closing(self, pipes: Pipes | None) -> Iterator[None]:
        if pipes:
            self._stoppable.add(pipes)
        try:
            yield
        finally:
            if pipes:
                self._stoppable.remove(pipes)

    @contextmanager
    def _doubting_failures(self) -> Iterator[None]:
        try:
            yield
        except Unreachable:
            self._connection.doubt()
            raise

    def _failure(self, token: str, process: subprocess.Popen[bytes], pipes: Pipes) -> Unreachable:
        if framing.begin_mark(token) in pipes.stdout:
            return diagnose_loss(self.name, framing.between_marks(token, bytes(pipes.stderr)))
        output = bytes(pipes.stdout + pipes.stderr)
        return diagnose(self.name, self._connection.login, process.poll(), output)

    def _too_late(self, token: str, pipes: Pipes, timeout: float) -> TimedOut:
        begun = framing.begin_mark(token) in pipes.stdout
        return TimedOut(
            f"A command on {self.name} didn't end within {timeout:g} s and was told to stop."
            if begun
            else f"{self.name} didn't answer within {timeout:g} s: check the network.",
            detail=clean(framing.between_marks(token, bytes(pipes.stderr))),
        )


def _is_complete(token: str, pipes: Pipes) -> bool:
    return all(framing.end_at_last(token, collected) for collected in (pipes.stdout, pipes.stderr))


def _stop(process: subprocess.Popen[bytes], pipes: Pipes) -> None:
    """End the command over there, too, if the connection still works."""
    pipes.send_last(_STOP)
    with suppress(subprocess.TimeoutExpired):
        process.wait(GRACE)
