"""Brings the files that a run changed into the work tree, where they aren't changed here.

Nothing is overwritten: a file that differs from what the run began with is left as it is. The
index isn't touched, and git itself writes the files, so that its filters and its ideas of safe
names apply.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from gitbatch_tui.core.base.files import create, obstacle
from gitbatch_tui.core.base.text import one_line
from gitbatch_tui.core.git.changed_files import NOTHING, SUBMODULE
from gitbatch_tui.core.git.names import is_safe
from gitbatch_tui.core.git.rollback import Change, remove_empty, reversible, scratch
from gitbatch_tui.core.git.worktree_changes import changes_between
from gitbatch_tui.errors import Refused

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from gitbatch_tui.core.git.changed_files import FileChange
    from gitbatch_tui.core.git.repo import Clone

_TAKE, _SAME = "take", "same"
# Nothing of the person's own index applies to one of a few files.
_PLAIN = ("-c", "core.fsmonitor=false", "-c", "core.splitIndex=false")


@dataclass(frozen=True)
class BroughtFiles:
    """The files that a run changed, by what became of them here."""

    brought: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    left: dict[str, str] = field(default_factory=dict)
    """Those that were left as they are here, and why."""
    same: tuple[str, ...] = ()
    """Those that are here as they are in the results already."""


def bring_files(clone: Clone, old: str, new: str) -> BroughtFiles:
    """Do to the work tree what lies between two commits, file by file.

    Only with the clone's lock. A kill in the middle leaves what can be taken back.
    """
    changes = changes_between(clone, old, new)
    with scratch(clone, movable=True) as place:
        before = Versions(
            clone, place / "before", [(c.path, c.old_mode, c.old_blob) for c in changes]
        )
        after = Versions(
            clone, place / "after", [(c.path, c.new_mode, c.new_blob) for c in changes]
        )
        verdicts = list(_judge(clone, changes, before.differing(), after.differing()))
        # What goes makes room for what comes.
        wanted = sorted(
            (change for change, verdict in verdicts if verdict == _TAKE),
            key=lambda change: change.new_mode != NOTHING,
        )
        after.write((c.path for c in wanted if c.new_mode != NOTHING), place / "files")
        change = Change(old, new, moves=False, paths=tuple(c.path for c in wanted))
        with reversible(clone, change):
            trouble = {
                c.path: why for c in wanted if (why := _place(clone, c, place / "files" / c.path))
            }
    kept = {c.path: why for c, why in verdicts if why not in {_TAKE, _SAME}}
    done = [change for change in wanted if change.path not in trouble]
    return BroughtFiles(
        brought=tuple(c.path for c in done if c.new_mode != NOTHING),
        removed=tuple(c.path for c in done if c.new_mode == NOTHING),
        left=kept | trouble,
        same=tuple(c.path for c, verdict in verdicts if verdict == _SAME),
    )


class Versions:
    """One version of some files, in an index that is theirs alone."""

    def __init__(self, clone: Clone, index: Path, files: Iterable[tuple[str, str, str]]) -> None:
        """Each file is a path, a mode and a blob; those that aren't there in it are left out."""
        self._clone = clone
        self._environment = {"GIT_INDEX_FILE": str(index)}
        plain = (f for f in files if f[1] not in {NOTHING, SUBMODULE})
        there = [f for f in plain if is_safe(f[0])]
        lines = "".join(f"{mode} {blob}\t{path}\0" for path, mode, blob in there)
        if lines:
            self._git("update-index", "-z", "--index-info", stdin=_encoded(lines))

    def differing(self) -> set[str]:
        """The paths that are something else in the work tree, or not there at all."""
        self._clone.ask(*_PLAIN, "update-index", "-q", "--refresh", environment=self._environment)
        return set(self._git("diff-files", "--name-only", "-z").split("\0"))

    def write(self, paths: Iterable[str], folder: Path) -> None:
        """Write them below a folder, as git would check them out."""
        names = "".join(f"{path}\0" for path in paths)
        self._git("checkout-index", "-z", "--stdin", f"--prefix={folder}/", stdin=_encoded(names))

    def _git(self, *args: str, stdin: bytes = b"") -> str:
        return self._clone.git(*_PLAIN, *args, stdin=stdin, environment=self._environment)


def _judge(
    clone: Clone, changes: Iterable[FileChange], unlike_before: set[str], unlike_after: set[str]
) -> Iterator[tuple[FileChange, str]]:
    """Decide for each file if it is to be taken, is here already, or why it is left alone."""
    for change in changes:
        if not is_safe(change.path):
            yield change, "its name would lead into what is git's own"
            continue
        here = os.path.lexists(clone.path / change.path)
        if change.is_submodule:
            yield change, "it is a submodule"
        elif _is_as_after(change, unlike_after, here=here):
            yield change, _SAME
        elif change.old_mode == NOTHING:
            yield change, "another one is here" if _is_in_the_way(clone, change) else _TAKE
        elif change.path not in unlike_before:
            yield change, _TAKE
        else:
            yield change, "it was changed here" if here else "it was removed, or isn't checked out"


def _is_as_after(change: FileChange, unlike_after: set[str], *, here: bool) -> bool:
    return not here if change.new_mode == NOTHING else change.path not in unlike_after


def _is_in_the_way(clone: Clone, change: FileChange) -> bool:
    target = clone.path / change.path
    # A folder may be gone by the time, with the last file in it.
    return os.path.lexists(target) and (target.is_symlink() or not target.is_dir())


def _place(clone: Clone, change: FileChange, written: Path) -> str:
    """Put a file where it belongs; the reason if that can't be done.

    Raises `Refused` where the disk is full, or broken.
    """
    target = clone.path / change.path
    if why := obstacle(clone.path, target):
        return why
    try:
        if change.new_mode == NOTHING:
            target.unlink()
            remove_empty(target.parent, clone.path)
        elif change.old_mode == NOTHING:
            target.parent.mkdir(parents=True, exist_ok=True)
            create(written, target)
        else:
            written.replace(target)
    except (PermissionError, FileExistsError, NotADirectoryError, IsADirectoryError) as error:
        return f"it could not be written: {error.strerror}"
    except OSError as error:  # the disk, which others will meet, too
        raise Refused(
            f"{one_line(change.path)} could not be written ({error.strerror}), so no file was "
            "brought: fix that, then try again."
        ) from error
    return ""


def _encoded(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")
