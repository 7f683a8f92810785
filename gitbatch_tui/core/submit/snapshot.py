"""Commits the work tree as it is, touching neither branch, index nor work tree."""

from __future__ import annotations

import shutil
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from gitbatch_tui.core.base.text import one_line
from gitbatch_tui.core.git.lock import locked
from gitbatch_tui.core.git.rollback import scratch
from gitbatch_tui.core.submit.situation import Situation, look
from gitbatch_tui.errors import Refused

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from gitbatch_tui.core.git.repo import Clone

SUFFIX = "-snapshot"
_MESSAGE = "Snapshot of "
# The same that the server leaves out of results.
_KEYS = (
    ".env .env.* .netrc .pgpass id_rsa id_dsa id_ecdsa id_ed25519 *.pem *.key *.p12 *.pfx "
    "credentials.json"
).split()


@dataclass(frozen=True)
class Snapshot:
    """A commit that no branch shows."""

    commit: str
    """HEAD itself where all that would be taken is in it."""
    keys: tuple[str, ...]
    """Untracked files that were left out, since they look like keys or passwords."""
    repositories: tuple[str, ...]
    """Folders that were left out, since they are repositories of their own."""
    unmerged: tuple[str, ...]
    """Files whose conflict isn't solved for git; they were taken as they are, marks included."""


def take_snapshot(clone: Clone, branch: str) -> Snapshot:
    """Commit tracked and untracked files as they are now, on top of HEAD."""
    with locked(clone, f"taking a snapshot of {one_line(branch)}"), scratch(clone) as folder:
        return _taken(clone, branch, folder / "index")


def _taken(clone: Clone, branch: str, index: Path) -> Snapshot:
    untracked = clone.untracked()
    keys = tuple(path for path in untracked if _is_key(path))
    # Of a folder that is a repository git would note a commit, and nothing of what is in it.
    repositories = tuple(path for path in untracked if path.endswith("/"))
    environment = {"GIT_INDEX_FILE": str(index)}
    _seed(clone, index, environment)
    listed = clone.git("ls-files", "--unmerged", "-z", environment=environment).split("\0")
    unmerged = tuple(dict.fromkeys(line.partition("\t")[2] for line in listed if line))
    excluded = [f":(top,exclude,literal){path}" for path in (*keys, *repositories)]
    quiet = ("-c", "advice.addEmbeddedRepo=false", "-c", "core.safecrlf=false")
    clone.git(*quiet, "add", "--all", "--", ":/", *excluded, environment=environment)
    tree = clone.git("write-tree", environment=environment)
    head, old, subject = clone.git("log", "-1", "--format=%H%n%T%n%s", "HEAD", "--").split("\n", 2)
    if tree != old:
        message = f"{_MESSAGE}{branch}, after: {subject}"
        head = clone.git("commit-tree", "-p", head, "-m", message, tree)
    return Snapshot(head, keys, repositories, unmerged)


def situation_of(situation: Situation, snapshot: Snapshot) -> Situation:
    """The situation of a snapshot of the work tree.

    Raises `Refused` where the snapshots' branch is somebody's own.
    """
    branch = f"{situation.branch}{SUFFIX}"
    taken = look(situation.batch, branch, snapshot.commit)
    earlier = [run for run in taken.runs if run.branch == branch]
    if taken.tip and not any(run.subject.startswith(_MESSAGE) for run in earlier):
        raise Refused(
            f"{one_line(branch)} on {taken.batch.remote.name} is a branch of somebody's own, and "
            "no snapshot: it was left as it is. Commit, and submit that."
        )
    return replace(taken, snapshot=True)


def _seed(clone: Clone, index: Path, environment: Mapping[str, str]) -> None:
    """Begin with the real index, so that unchanged files needn't be read."""
    real = clone.path / clone.git("rev-parse", "--git-path", "index")
    if real.exists():
        # With its time, by which git knows what was changed too soon after it to be told apart.
        shutil.copy2(real, index)
    else:
        clone.git("read-tree", "HEAD", environment=environment)


def _is_key(path: str) -> bool:
    name = path.rpartition("/")[2].lower()
    return any(fnmatchcase(name, pattern) for pattern in _KEYS)
