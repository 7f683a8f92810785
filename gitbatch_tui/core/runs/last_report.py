"""Remembers what a server said last, so that it can be shown while nobody can ask again."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from gitbatch_tui.core.base.state import hash_of, keep, state_home
from gitbatch_tui.core.server.protocol import read_report, write_report
from gitbatch_tui.errors import Unreachable

if TYPE_CHECKING:
    from pathlib import Path

    from gitbatch_tui.core.git.repo import Clone
    from gitbatch_tui.models import BatchRemote, Report


def remember(clone: Clone, remote: BatchRemote, report: Report) -> None:
    """Keep a report; where it can't be written, nothing is kept and nothing is said."""
    keep(_file(clone, remote), write_report(report).encode("utf-8", "surrogateescape"))


def recall(clone: Clone, remote: BatchRemote) -> tuple[Report, datetime] | None:
    """The last report, and when it came by this machine's clock."""
    file = _file(clone, remote)
    try:
        text = file.read_bytes().decode("utf-8", "surrogateescape")
        when = datetime.fromtimestamp(file.stat().st_mtime, UTC)
        return read_report(remote.name, text), when
    except (OSError, Unreachable):
        return None


def _file(clone: Clone, remote: BatchRemote) -> Path:
    # Another repository at the same address is another one.
    name = hash_of(str(clone.git_dir), remote.name, remote.location)[:20]
    return state_home() / "servers" / name
