"""Reads git's answers about branches and the work tree."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True)
class Branch:
    """A local branch."""

    FORMAT: ClassVar[str] = "%(refname:lstrip=2)%00%(objectname)%00%(tree)"
    """For `git for-each-ref`: the fields, in their order."""
    name: str
    commit: str
    tree: str


@dataclass(frozen=True)
class Head:
    """The commit and branch that are checked out."""

    commit: str
    """Empty before the first commit."""
    branch: str
    """Empty where HEAD is detached."""


def changed_paths(status: str) -> Iterator[str]:
    """The paths in `git status --porcelain=v2 -z`."""
    entries = iter(status.split("\0"))
    for entry in entries:
        kind = entry[:1]
        if kind == "1":
            yield entry.split(" ", 8)[8]
        elif kind == "2":
            yield entry.split(" ", 9)[9]
            yield next(entries)
        elif kind == "u":
            yield entry.split(" ", 10)[10]


def worktrees_by_branch(listing: str) -> dict[str, Path]:
    """Read from `git worktree list --porcelain` where each branch is checked out."""
    found: dict[str, Path] = {}
    where = Path()
    for line in listing.split("\n"):
        key, _, value = line.partition(" ")
        if key == "worktree":
            where = Path(value)
        elif key == "branch":
            found[value.removeprefix("refs/heads/")] = where
    return found
