"""Identifies a process, so that another program can tell later whether it has ended."""

from __future__ import annotations

import os
import socket
import subprocess
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Self

_BOOT = Path("/proc/sys/kernel/random/boot_id")


@dataclass(frozen=True)
class Identity:
    """A process on some machine; a number alone would be another process's after a while."""

    pid: int
    start: str
    """When it began, as its machine says it; empty where that isn't known."""
    boot: str
    """Of that machine since it was started last; empty where that isn't known."""
    namespace: str
    """In which processes have their numbers; a container has another one."""
    host: str

    @classmethod
    def of(cls, pid: int) -> Self:
        """A process of this machine."""
        return cls(pid, _start_of(pid), _boot(), _namespace(), socket.gethostname())

    @classmethod
    def parse(cls, facts: Any) -> Self | None:
        """Read `facts` back after JSON; None for anything else."""
        try:
            return cls(**facts) if isinstance(facts["pid"], int) else None
        except (TypeError, KeyError):
            return None

    @property
    def facts(self) -> dict[str, Any]:
        """The identity as a dictionary that JSON takes."""
        return asdict(self)

    def is_gone(self) -> bool:
        """True if it has surely ended; False where it can't be seen from here."""
        if self.boot != _boot():
            return self.host == socket.gethostname()
        if self.namespace != _namespace():
            return False
        # One that had ended before it was asked for has no start, then as now.
        start = _start_of(self.pid)
        return not start or start != self.start


def _start_of(pid: int) -> str:
    try:
        state, *fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return "" if _BOOT.exists() else _start_by_ps(pid)
    return "" if state in {"Z", "X"} else fields[18]


def _start_by_ps(pid: int) -> str:
    ask = ["ps", "-o", "lstart=", "-p", str(pid)]
    environment = {**os.environ, "LC_ALL": "C", "TZ": "UTC0"}
    return subprocess.run(
        ask, env=environment, capture_output=True, text=True, check=False
    ).stdout.strip()


def _boot() -> str:
    try:
        return _BOOT.read_text().strip()
    except OSError:
        return ""


def _namespace() -> str:
    try:
        return str(Path("/proc/self/ns/pid").readlink())
    except OSError:
        return ""
