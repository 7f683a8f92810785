"""Finds the socket through which all sessions to a host share one connection."""

from __future__ import annotations

import fcntl
import hashlib
import os
import re
import stat
import tempfile
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

PERSIST = 600
"""Seconds for which an idle connection is kept."""

# The shortest sun_path there is (104), its final NUL, and the suffix that ssh adds for a while.
_LONGEST = 104 - 1 - 17


@dataclass(frozen=True)
class Control:
    """How a host's connection is shared."""

    options: tuple[str, ...]
    """For ssh, beside the person's own configuration."""
    socket: Path
    ours: bool
    """Whether we end the connection; else it is the person's own."""
    proxy: bool = False
    """Whether ssh connects through another program."""


def control_of(configuration: str, identity: str) -> Control:
    """The person's own sharing if `ssh -G` shows one, else ours.

    `identity` is all that makes two connections different.
    """
    settings = dict(line.split(" ", 1) for line in configuration.splitlines() if " " in line)
    proxy = any(settings.get(name, "none") != "none" for name in ("proxycommand", "proxyjump"))
    control = _their_control(settings) or _our_control(socket_path(identity))
    return replace(control, proxy=proxy)


def _their_control(settings: dict[str, str]) -> Control | None:
    path = settings.get("controlpath", "none")
    if path == "none":
        return None
    if settings.get("controlmaster", "false") == "false":
        # It is used when it is there, but ssh doesn't make it.
        return Control((), Path(path), ours=False) if Path(path).exists() else None
    # Without it, the session that happens to be first would have to outlive the others.
    lasting = settings.get("controlpersist", "no") not in {"no", "false"}
    options = () if lasting else options_of(f"ControlPersist={PERSIST}")
    return Control(options, Path(path), ours=False)


def _our_control(socket: Path) -> Control:
    settings = ("ControlMaster=auto", f"ControlPath={socket}", f"ControlPersist={PERSIST}")
    return Control(options_of(*settings), socket, ours=True)


def options_of(*settings: str) -> tuple[str, ...]:
    """The words of a command line that give ssh these settings."""
    return tuple(word for setting in settings for word in ("-o", setting))


def socket_path(identity: str) -> Path:
    """A short path in a folder that is ours alone."""
    name = hashlib.sha256(identity.encode("utf-8", "surrogateescape")).hexdigest()[:16]
    for folder in _folders():
        # Anything else would need quoting in ssh's options, or be expanded there.
        plain = re.fullmatch(r"[\w./-]+", str(folder), re.ASCII)
        if plain and len(str(folder / name)) <= _LONGEST and _is_private(folder):
            return folder / name
    return Path(tempfile.mkdtemp(prefix="gitbatch-", dir="/tmp")) / name


def _folders() -> list[Path]:
    shared = Path(f"/tmp/gitbatch-tui-{os.getuid()}")  # noqa: S108  # checked before it is used
    runtime = os.environ.get("XDG_RUNTIME_DIR", "")
    return [Path(runtime, "gitbatch-tui"), shared] if runtime.startswith("/") else [shared]


def _is_private(folder: Path) -> bool:
    """Make the folder, or find that it is one, is ours, and is closed to everybody else."""
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        found = folder.lstat()
    except OSError:
        return False
    others = stat.S_IMODE(found.st_mode) & 0o077
    return stat.S_ISDIR(found.st_mode) and found.st_uid == os.getuid() and not others


class Users:
    """Counts, by locks on a file, the programs that use a socket."""

    def __init__(self, socket: Path) -> None:
        self._file = os.open(f"{socket}.users", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        with suppress(OSError):
            fcntl.flock(self._file, fcntl.LOCK_SH)

    def leave(self) -> bool:
        """Stop counting; True when nobody else is left."""
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        else:
            return True
        finally:
            os.close(self._file)
