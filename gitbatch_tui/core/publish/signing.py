"""Signatures of a person who signs commits, by gpg, ssh or whatever git is told to use."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gitbatch_tui.core.git.repo import Clone


def signing(clone: Clone) -> tuple[str, ...]:
    """Options of `git commit-tree` that sign a commit, if commit.gpgSign asks for that."""
    wanted = clone.try_git("config", "--type=bool", "commit.gpgSign")
    return ("--gpg-sign",) if wanted == "true" else ()
