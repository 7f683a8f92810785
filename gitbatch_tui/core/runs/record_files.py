"""Reads the files that a run's records in git carry: its environment, its large results."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gitbatch_tui.core.runs.records import log_ref, tip
from gitbatch_tui.core.server.environment import parse
from gitbatch_tui.core.server.large_files import parse_large

if TYPE_CHECKING:
    from gitbatch_tui.core.git.repo import Clone
    from gitbatch_tui.core.server.environment import Environment
    from gitbatch_tui.core.server.large_files import LargeFile
    from gitbatch_tui.models import Run


def file_of(clone: Clone, run: Run, name: str) -> str | None:
    """The text of a file of a run's records, the newest that has one; needs no network."""
    if not tip(clone, run.remote):
        return None
    pattern = f"--grep=^Run: {run.number}$"
    for record in clone.git("log", "--format=%H", pattern, log_ref(run.remote), "--").split():
        text = clone.try_git("cat-file", "blob", f"{record}:{name}")
        if text is not None:
            return text
    return None


def environment_of(clone: Clone, run: Run) -> Environment | None:
    """The environment of a run by its newest record that has one; needs no network."""
    text = file_of(clone, run, "environment")
    return None if text is None else parse(text)


def large_files_of(clone: Clone, run: Run) -> tuple[LargeFile, ...]:
    """The large results of a run, as its record has them; needs no network."""
    return tuple(parse_large(file_of(clone, run, "large") or ""))
