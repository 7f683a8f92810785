"""Opens the clone that a folder is in; what a killed program left half done there is taken back."""

from __future__ import annotations

import os
from contextlib import suppress
from typing import TYPE_CHECKING

from gitbatch_tui.core.git.repo import Clone
from gitbatch_tui.core.hosts.process import clean_environment
from gitbatch_tui.errors import GitBatchError

if TYPE_CHECKING:
    from pathlib import Path

    from gitbatch_tui.core.base.journal import Journal


def open_clone(path: Path, journal: Journal | None = None) -> Clone:
    """The repository that `path` is in; raises as `find_folders` does.

    A change in it that was cut short by a kill is taken back.
    """
    for name in os.environ.keys() - clean_environment().keys():
        del os.environ[name]  # it belongs to the repository of whoever called us
    clone = Clone.containing(path, journal)
    if clone.is_untidy:
        _tidy(clone)
    return clone


def _tidy(clone: Clone) -> None:
    """Take back what a killed one left half done, unless somebody is at work."""
    from gitbatch_tui.core.git.lock import locked  # noqa: PLC0415  # hardly ever needed

    with suppress(GitBatchError), locked(clone, "tidying up", patience=0):
        pass
