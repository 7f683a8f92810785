"""A real sshd for tests: unprivileged, without a port, started by ssh itself as a ProxyCommand."""

from __future__ import annotations

import os
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.support.waiting import wait_until

if TYPE_CHECKING:
    from collections.abc import Iterator

SSHD = Path("/usr/sbin/sshd")
HOST = "hpc"

SSHD_CONFIG = """\
HostKey {folder}/hostkey
AuthorizedKeysFile {folder}/id.pub
PidFile none
UsePAM no
StrictModes no
PasswordAuthentication no
KbdInteractiveAuthentication no
AcceptEnv GIT_PROTOCOL
LogLevel VERBOSE
"""

SSH_CONFIG = """\
Host *
  ProxyCommand {sshd} -i -f {folder}/sshd_config -E {folder}/sshd.log
  IdentityFile {folder}/id
  IdentitiesOnly yes
  IdentityAgent none
  UserKnownHostsFile {folder}/known_hosts
  GlobalKnownHostsFile none
"""


# A script that says which process of the server it runs under.
SERVER_PID = """
pid=$$
until grep -q sshd "/proc/$pid/comm"; do pid=$(cut -d" " -f4 "/proc/$pid/stat"); done
echo "$pid"
"""


@dataclass
class Sshd:
    """One server's keys and configuration; each connection gets an sshd process of its own."""

    folder: Path
    frozen: list[int] = field(default_factory=list)
    variables: dict[str, str] = field(default_factory=dict)

    @property
    def log(self) -> str:
        path = self.folder / "sshd.log"
        return path.read_text() if path.exists() else ""

    @property
    def home(self) -> Path:
        """The account's home on the server, empty at first."""
        return self.folder / "home"

    @property
    def program(self) -> Path:
        """What to set GITBATCH_SSH to."""
        return self.folder / "ssh"

    def server(self, *lines: str) -> None:
        """Put settings of the server before those that are there: sshd takes the first."""
        _prepend(self.folder / "sshd_config", lines)

    def client(self, *lines: str) -> None:
        """Put settings of the client before those that are there: ssh takes the first."""
        _prepend(self.folder / "ssh_config", lines)

    def setenv(self, **variables: str) -> None:
        """Give variables to every session; without spaces."""
        # sshd takes only the first SetEnv line.
        self.variables |= variables
        self.server("SetEnv " + " ".join(f"{k}={v}" for k, v in self.variables.items()))

    def login_shell(self, program: str, greeting: str = "") -> None:
        """Let every command be read by another login shell, after the sh lines of `greeting`."""
        script = self.folder / "login_shell"
        script.write_text(f'{greeting}\nexec {program} -c "$SSH_ORIGINAL_COMMAND"\n')
        self.server(f"ForceCommand exec sh {script}")

    def cut(self, where: str) -> Path:
        """Cut the line of the next connections once, at `up 5000` or `down 300` bytes from now.

        The file that is returned is there as long as that hasn't happened.
        """
        file = self.folder / "cut"
        file.write_text(where)
        proxy = shlex.join([sys.executable, str(Path(__file__).with_name("cutting.py")), str(file)])
        server = shlex.join([str(SSHD), "-i", "-f", str(self.folder / "sshd_config")])
        self.client(f"ProxyCommand {proxy} {server} -E {self.folder / 'sshd.log'}")
        return file

    def delay(self, seconds: float) -> None:
        """Let everything take so long, there and back."""
        proxy = [sys.executable, str(Path(__file__).with_name("delaying.py")), str(seconds / 2)]
        server = [str(SSHD), "-i", "-f", str(self.folder / "sshd_config")]
        log = str(self.folder / "sshd.log")
        self.client(f"ProxyCommand {shlex.join([*proxy, *server, '-E', log])}")

    def trust(self) -> None:
        """Know the host key already."""
        key = (self.folder / "hostkey.pub").read_text()
        (self.folder / "known_hosts").write_text(f"* {key}")

    def connections(self) -> int:
        """How often somebody has logged in."""
        return self.log.count("Accepted publickey")

    def freeze(self, process: int) -> None:
        """Stop a process of the server as a dead network would."""
        self.frozen.append(process)
        os.kill(process, signal.SIGSTOP)

    def thaw(self) -> None:
        for process in self.frozen:
            if Path(f"/proc/{process}").exists():
                os.kill(process, signal.SIGCONT)
        self.frozen.clear()

    def processes(self) -> list[int]:
        """The server's processes, of all connections: they hold its log open."""
        log = self.folder / "sshd.log"
        pids = [folder for folder in Path("/proc").iterdir() if folder.name.isdigit()]
        return [
            int(pid.name) for pid in pids if _leads(pid / "fd/2", log) or _leads(pid / "fd/3", log)
        ]

    def kill(self) -> None:
        """Kill what serves its connections; the next one begins anew."""
        self._signal(signal.SIGKILL)

    def stop(self) -> None:
        self.thaw()
        self._signal(signal.SIGTERM)
        wait_until(lambda: not self.processes(), what="sshd to end")

    def _signal(self, number: signal.Signals) -> None:
        for process in self.processes():
            with suppress(ProcessLookupError):
                os.kill(process, number)


def _prepend(path: Path, lines: tuple[str, ...]) -> None:
    path.write_text("\n".join((*lines, path.read_text())))


def _leads(link: Path, file: Path) -> bool:
    try:
        return link.readlink() == file
    except OSError:  # the process has just ended, or isn't ours
        return False


def _keygen(path: Path, passphrase: str = "") -> None:
    argv = ["ssh-keygen", "-q", "-t", "ed25519", "-N", passphrase, "-f", str(path)]
    subprocess.run(argv, check=True)


@pytest.fixture
def sshd(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Sshd]:
    """A server that knows one key, and whose host key the client trusts."""
    if not (SSHD.exists() and shutil.which("ssh")):
        pytest.skip("OpenSSH's server or client isn't installed")
    if os.getuid() == 0:
        Path("/run/sshd").mkdir(exist_ok=True)
    folder = tmp_path / "sshd"
    folder.mkdir()
    _keygen(folder / "hostkey")
    _keygen(folder / "id")
    words = {"folder": folder, "sshd": SSHD}
    (folder / "sshd_config").write_text(SSHD_CONFIG.format(**words))
    (folder / "ssh_config").write_text(SSH_CONFIG.format(**words))
    config = shlex.quote(str(folder / "ssh_config"))
    (folder / "ssh").write_text(f'#!/bin/sh\nexec ssh -F {config} "$@"\n')
    (folder / "ssh").chmod(0o755)
    (folder / "home").mkdir()
    server = Sshd(folder)
    server.setenv(HOME=str(folder / "home"))
    server.trust()
    monkeypatch.setenv("GITBATCH_SSH", str(server.program))
    # A socket's path has to be short.
    with tempfile.TemporaryDirectory(prefix="gb", dir="/tmp") as run:
        monkeypatch.setenv("XDG_RUNTIME_DIR", run)
        yield server
        server.stop()
