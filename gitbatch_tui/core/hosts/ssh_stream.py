"""Reads what a script on a host says while it is still saying it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gitbatch_tui.core.hosts import framing
from gitbatch_tui.core.hosts.diagnosis import diagnose, diagnose_loss
from gitbatch_tui.core.hosts.stream import ProcessStream

if TYPE_CHECKING:
    import subprocess

    from gitbatch_tui.core.hosts.connection import Connection
    from gitbatch_tui.core.hosts.process import Pipes
    from gitbatch_tui.errors import Unreachable


class SshStream(ProcessStream):
    """The stdout of a script on a host, without what the login shell says before it."""

    # The end is told on stderr, which overtakes what ssh still holds of stdout.
    _SILENCE = 5.0

    def __init__(
        self, process: subprocess.Popen[bytes], pipes: Pipes, token: str, connection: Connection
    ) -> None:
        super().__init__(process, pipes)
        self._token = token
        self._connection = connection
        self._begun = False

    @property
    def stderr(self) -> bytes:
        return framing.inner(self._token, super().stderr)

    def _take(self) -> bytes:
        if not self._begun:
            mark = framing.begin_mark(self._token)
            position = self._pipes.stdout.find(mark)
            if position < 0:
                return b""
            del self._pipes.stdout[: position + len(mark)]
            self._begun = True
        return super()._take()

    def _is_over(self) -> bool:
        return super()._is_over() or bool(framing.ends(self._token, self._pipes.stderr))

    def _finish(self) -> None:
        end = framing.ends(self._token, self._pipes.stderr)
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
