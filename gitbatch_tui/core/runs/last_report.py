"""Remembers what a server said last, so that it can be shown while nobody can ask again."""

from __future__ import annotations

import os
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from gitbatch_tui.core.server.protocol import read_report, write_report
from gitbatch_tui.errors import Unreachable

if TYPE_CHECKING:
    from gitbatch_tui.core.git.repo import Clone
    from gitbatch_tui.models import BatchRemote, Report


def remember(clone: Clone, remote: BatchRemote, report: Report) -> None:
    """Keep a report; where it can't be written, nothing is kept and nothing is said."""
    file = _file(clone, remote)
    new = file.with_suffix(f".{os.getpid()}")
    with suppress(OSError):
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        new.write_bytes(write_report(report).encode("utf-8", "surrogateescape"))
        new.replace(file)


def recall(clone: Clone, remote: BatchRemote) -> tuple[Report, datetime] | None:
    """The last report, and when it came by this machine's clock."""
    file = _file(clone, remote)
    try:
        text = file.read_bytes().decode("utf-8", "surrogateescape")
        when = datetime.fromtimestamp(file.stat().st_mtime, UTC)
        return read_report(remote.name, text), when
    except (OSError, Unreachable):
        return None


def state_home() -> Path:
    """The folder for what the program remembers by itself."""
    home = os.environ.get("XDG_STATE_HOME", "")
    folder = Path(home) if home.startswith("/") else Path.home() / ".local" / "state"
    return folder / "gitbatch-tui"


def _file(clone: Clone, remote: BatchRemote) -> Path:
    # Another repository at the same address is another one.
    import hashlib  # noqa: PLC0415  # the screen wants only `state_home` for its first picture

    words = "\0".join((str(clone.git_dir), remote.name, remote.location))
    name = hashlib.sha256(words.encode("utf-8", "surrogateescape")).hexdigest()[:20]
    return state_home() / "servers" / name
