"""One ssh connection to a host: how it is configured, shared, opened once and let go."""

from __future__ import annotations

import os
import shlex
import subprocess
import threading
from contextlib import suppress
from typing import TYPE_CHECKING

from gitbatch_tui.core.hosts.control import Control, Users, control_of, options_of
from gitbatch_tui.core.hosts.diagnosis import diagnose
from gitbatch_tui.core.hosts.process import clean_environment
from gitbatch_tui.core.hosts.sharing import SingleFlight

if TYPE_CHECKING:
    from collections.abc import Callable

CONNECT_SECONDS = 15
"""How long a host has for each step of answering a new connection."""
PATIENCE = 28
"""Seconds without a sign of life after which a connection is given up."""
ENVIRONMENT = {"SSH_ASKPASS_REQUIRE": "never"}
"""For ssh in the background: a jump host's ssh must not open a window to ask, either."""

_PROBES = 3
# What a person's configuration may set for their terminals would be in the way here.
_PLAIN = ("-x", "-o", "RemoteCommand=none", "-o", "ClearAllForwardings=yes")


class Connection:
    """A connection to one host, as ssh's arguments and as a socket."""

    def __init__(self, destination: str, port: int | None, patience: float = PATIENCE) -> None:
        self.name = destination if port is None else f"{destination}:{port}"
        self._program = os.environ.get("GITBATCH_SSH") or "ssh"
        self._port = () if port is None else ("-p", str(port))
        self._destination = destination
        self._keep_alive = options_of(
            f"ConnectTimeout={CONNECT_SECONDS}",
            f"ServerAliveInterval={max(1, round(patience / (_PROBES + 1)))}",
            f"ServerAliveCountMax={_PROBES}",
        )
        self._opening = SingleFlight(self.name)
        self._opened = self._doubted = False
        self._lock = threading.Lock()
        self._found_control: Control | None = None
        self._users: Users | None = None

    @property
    def login(self) -> str:
        """The command that a person types to log in."""
        return shlex.join(["ssh", *self._port, self._destination])

    def background(self, command: str, *, shared: bool = True) -> list[str]:
        """The words that run a command and never ask; by itself where it isn't `shared`."""
        # LogLevel: what is set to quiet couldn't say why it failed.
        quiet = options_of("BatchMode=yes", "LogLevel=INFO")
        alone = () if shared else options_of("ControlPath=none")
        return self._ssh("-T", *quiet, *_PLAIN, *alone, command=command)

    def foreground(self, command: str, *, terminal: bool) -> list[str]:
        """The words that run a command in the person's terminal, and ask what they must."""
        asking = options_of("BatchMode=no")
        return self._ssh("-t" if terminal else "-T", *asking, *_PLAIN, command=command)

    def git_environment(self) -> dict[str, str]:
        """Environment variables that make git use this connection, without ever asking."""
        plain = (*options_of("BatchMode=yes", "RequestTTY=no"), *_PLAIN)
        options = (*plain, *self._keep_alive, *self._control().options)
        command = shlex.join([self._program, *options])
        return {"GIT_SSH_COMMAND": command, "GIT_SSH_VARIANT": "ssh", **ENVIRONMENT}

    def open(self, greet: Callable[[], object], timeout: float) -> None:
        """See that the connection is there; `greet` runs a first command on it where it isn't.

        One that another program has left is taken as it is: far away, a greeting takes as long as
        what it is for.
        """

        def open_it() -> None:
            if self._doubted or not self._is_there():
                greet()
            self._opened, self._doubted = True, False

        self._opening.enter(self._is_open, open_it, timeout)

    def has_proxy(self) -> bool:
        """True if ssh reaches the host through another program, such as a jump host's ssh."""
        return self._control().proxy

    def doubt(self) -> None:
        """Look again before the connection is used the next time."""
        self._opened, self._doubted = False, True

    def close(self) -> None:
        """End the connection if it is ours and no other program uses it."""
        with self._lock:
            users, self._users = self._users, None
        if users and users.leave():
            self._opened = False
            self._run_ssh("-O", "exit")

    def _is_open(self) -> bool:
        return self._opened and self._control().socket.exists()

    def _is_there(self) -> bool:
        """True if a process of ssh's on this machine says that it has the connection."""
        if not self._control().socket.exists():
            return False
        said = self._run_ssh("-O", "check")
        return said is not None and said.returncode == 0

    def _ssh(self, *options: str, command: str) -> list[str]:
        shared = (*self._keep_alive, *self._control().options, *self._port)
        return [self._program, *options, *shared, "--", self._destination, command]

    def _control(self) -> Control:
        with self._lock:
            if self._found_control is None:
                identity = "\0".join((self._program, *self._port, self._destination))
                self._found_control = control_of(self._configuration(), identity)
                if self._found_control.ours:
                    self._users = Users(self._found_control.socket)
            return self._found_control

    def _configuration(self) -> str:
        """All of ssh's settings for this host, without connecting."""
        shown = self._run_ssh("-G")
        if shown is None or shown.returncode:
            said = shown.stderr if shown else b"ssh can't be run; install OpenSSH's client."
            raise diagnose(self.name, self.login, None, said)
        return shown.stdout.decode("utf-8", "surrogateescape")

    def _run_ssh(self, *words: str) -> subprocess.CompletedProcess[bytes] | None:
        shared = self._found_control.options if self._found_control else ()
        argv = [self._program, *words, *shared, *self._port, "--", self._destination]
        with suppress(OSError, subprocess.TimeoutExpired):
            return subprocess.run(
                argv,
                env={**clean_environment(), **ENVIRONMENT},
                stdin=subprocess.DEVNULL,
                capture_output=True,
                timeout=CONNECT_SECONDS,
                start_new_session=True,
                check=False,
            )
        return None
