"""A clone: the questions that are asked of git in it, always of the git that the person uses.

Open it in a `with`, in the thread that does the work: what still runs then ends with it.
"""

from __future__ import annotations

import os
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Self

from gitbatch_tui.core.base.text import one_line
from gitbatch_tui.core.git.commands import GitCommands
from gitbatch_tui.core.git.folders import CHANGE, LOCK, Folders, find_folders
from gitbatch_tui.core.git.remotes import (
    PATTERN,
    batch_remotes_in,
    choose,
    parse_settings,
    plain_remotes_in,
)
from gitbatch_tui.errors import Refused, UnknownName

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gitbatch_tui.core.base.journal import Journal
    from gitbatch_tui.models import BatchRemote

_REBASE = "rebase-*"
"""Where git keeps what a rebase that stopped has still to do."""
_ROOM = 2**20
"""Bytes for the least that comes of a run."""


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


class Clone(GitCommands):
    """The repository on the person's own machine."""

    def __init__(self, folders: Folders, journal: Journal | None = None) -> None:
        super().__init__(folders.path, journal)
        self.git_dir = folders.git_dir
        self.common_dir = folders.common_dir
        """What all work trees of this repository share."""

    @classmethod
    def containing(cls, path: Path, journal: Journal | None = None) -> Self:
        """The repository that `path` is in; raises `NotARepository`."""
        return cls(find_folders(path), journal)

    @property
    def is_untidy(self) -> bool:
        """True while refs or work tree are being changed, or were when their program was killed."""
        return (self.git_dir / CHANGE).exists() or (self.common_dir / LOCK).exists()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def config(self, key: str) -> str | None:
        """A setting as git sees it."""
        value = self.try_git("config", "--null", "--get", key)
        return None if value is None else value.removesuffix("\0")

    def set_config(self, key: str, value: str) -> None:
        """Make a setting of this clone, in place of all of that name."""
        self.git("config", "--local", "--replace-all", key, value)

    @cached_property
    def git_version(self) -> tuple[int, ...]:
        """The version of the person's git."""
        from git import Git  # noqa: PLC0415  # GitPython costs more than most commands do

        return Git().version_info

    @cached_property
    def empty_tree(self) -> str:
        """The id of a tree without files, which has as many digits as every id here."""
        return self.git("hash-object", "-t", "tree", "--stdin")

    def head(self) -> Head:
        """The commit and branch that are checked out now."""
        # Not --short: where a tag has the branch's name, that says heads/NAME.
        ref = self.try_git("symbolic-ref", "--quiet", "HEAD") or ""
        return Head(self.commit_of("HEAD") or "", ref.removeprefix("refs/heads/"))

    def commit_of(self, revision: str) -> str | None:
        """The full id of a commit that is here; None where there is none of that name."""
        words = ("rev-parse", "--verify", "--quiet", f"{revision}^{{commit}}")
        return None if revision.startswith("-") else self.try_git(*words)

    def contains(self, commit: str, other: str) -> bool:
        """True if a commit has the other one among its ancestors, or is it."""
        return self.ask("merge-base", "--is-ancestor", other, commit).status == 0

    def check_room(self) -> None:
        """Raise `Refused` where nothing more can be stored here."""
        import tempfile  # noqa: PLC0415  # only who is about to store much needs it

        try:
            with tempfile.TemporaryFile(dir=self.common_dir / "objects") as file:
                file.write(bytes(_ROOM))
                file.flush()
                os.fsync(file.fileno())  # NFS says only then that a quota is used up
        except OSError as error:
            raise Refused(
                f"Nothing can be stored in this clone: {error.strerror}. Fix that, then try again."
            ) from error

    def branches(self) -> tuple[Branch, ...]:
        """All local branches, by name."""
        lines = self.git("for-each-ref", f"--format={Branch.FORMAT}", "refs/heads").split("\n")
        return tuple(Branch(*line.split("\0")) for line in lines if line)

    def branch(self, name: str) -> Branch:
        """The local branch of that name; raises `UnknownName` with those that exist."""
        branches = self.branches()
        for branch in branches:
            if branch.name == name:
                return branch
        names = ", ".join(one_line(branch.name) for branch in branches) or "none"
        raise UnknownName(f"There is no branch {one_line(name)} here; known: {names}.")

    def current_branch(self) -> Branch:
        """The branch that is checked out, with a commit; raises `Refused` where there is none."""
        head = self.head()
        if not head.commit:
            raise Refused(
                "There are no commits yet: make one with `git add` and `git commit`; "
                "`gitbatch-tui new` writes schedule.sh and run.sh to begin with."
            )
        if not head.branch and any(self.git_dir.glob(_REBASE)):
            raise Refused(
                "A rebase is under way here: finish it with `git rebase --continue`, or undo it "
                "with `git rebase --abort`, and try again."
            )
        if not head.branch:
            raise Refused(
                "HEAD is detached, so there is no branch to speak of: `git checkout BRANCH`, "
                "or `git checkout -b NAME` to make one here.",
            )
        return self.branch(head.branch)

    def checked_out(self) -> dict[str, Path]:
        """Map each branch that is checked out to its work tree: this one, and linked ones."""
        return _worktrees_by_branch(self.git("worktree", "list", "--porcelain"))

    def being_rebased(self) -> set[str]:
        """The branches that a rebase moves when it ends, in this work tree or a linked one."""
        begun = [*self.common_dir.glob(_REBASE), *self.common_dir.glob(f"worktrees/*/{_REBASE}")]
        return {branch for folder in begun for branch in _branches_of_rebase(folder)}

    def changes(self) -> tuple[str, ...]:
        """Tracked files that differ from HEAD, in the index or in the work tree."""
        text = self.git("status", "--porcelain=v2", "-z", "--untracked-files=no")
        return tuple(_changed_paths(text))

    def untracked(self) -> tuple[str, ...]:
        """Files that git doesn't know and doesn't ignore."""
        text = self.git("ls-files", "--others", "--exclude-standard", "-z", "--", ":/")
        return tuple(path for path in text.split("\0") if path)

    def batch_remotes(self) -> tuple[BatchRemote, ...]:
        """The remotes that `setup` made batch remotes."""
        return batch_remotes_in(self._remote_settings())

    def batch_remote(self, name: str | None = None) -> BatchRemote:
        """A batch remote; None means the only one. Raises `UnknownName` or `NotABatchRemote`."""
        settings = self._remote_settings()
        return choose(name, batch_remotes_in(settings), plain_remotes_in(settings))

    def _remote_settings(self) -> dict[str, list[str]]:
        return parse_settings(self.try_git("config", "--null", "--get-regexp", PATTERN) or "")


def _changed_paths(status: str) -> Iterator[str]:
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


def _worktrees_by_branch(listing: str) -> dict[str, Path]:
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


def _branches_of_rebase(folder: Path) -> Iterator[str]:
    for name in ("head-name", "update-refs"):
        with suppress(OSError):
            for line in (folder / name).read_text("utf-8", "surrogateescape").split("\n"):
                if line.startswith("refs/heads/"):
                    yield line.removeprefix("refs/heads/")
