"""Takes back a change to a clone that failed halfway, or whose program was killed.

What is about to change is noted first: two commits, between which every file of the work tree that
is concerned stands as the older one has it. So what is found later is known by its blob: the old
file, the new one, the beginning of one of them, which is debris of ours, or somebody's own.
"""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from gitbatch_tui.core.base.files import obstacle
from gitbatch_tui.core.base.format import abbreviated
from gitbatch_tui.core.git import orphans
from gitbatch_tui.core.git.changed_files import EXECUTABLE, LINK, NOTHING
from gitbatch_tui.core.git.folders import CHANGE
from gitbatch_tui.core.git.worktree_changes import changes_between, is_beginning, present
from gitbatch_tui.errors import GitBatchError, Refused

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from gitbatch_tui.core.git.changed_files import FileChange
    from gitbatch_tui.core.git.repo import Clone
    from gitbatch_tui.core.git.worktree_changes import ModeAndBlob

_SCRATCH = ".gitbatch-tui-scratch-"


@dataclass(frozen=True)
class Change:
    """A change that is about to happen to the work tree."""

    old: str
    """A commit; empty before the first one."""
    new: str
    moves: bool
    """Whether HEAD and the index go along; else only files do."""
    paths: tuple[str, ...]
    """The files that change."""
    gone: tuple[str, ...] = ()
    """Those of them that weren't there, though the older commit has them."""


@contextmanager
def reversible(clone: Clone, change: Change) -> Iterator[Callable[[int], None]]:
    """Note a change while it is made, and take it back where an exception says that it failed.

    Only with the clone's lock. Gives what has to be told of the process of a git that is at it.
    """
    place = clone.git_dir / CHANGE
    written = place.with_suffix(".tmp")
    try:
        written.write_text(json.dumps(asdict(change)), "ascii")
        written.replace(place)
    except OSError as error:
        written.unlink(missing_ok=True)
        raise Refused(
            f"Git's folder here can't be written ({error.strerror}), so nothing was changed."
        ) from error
    try:
        yield lambda pid: orphans.note(clone, pid)
    except BaseException as failure:
        _take_back_after(clone, failure)
        raise
    _forget(clone)


@contextmanager
def scratch(clone: Clone, *, movable: bool = False) -> Iterator[Path]:
    """A folder in git's folder; if `movable`, where files can be moved into the work tree from.

    Only with the clone's lock: without it, the folder is taken for a killed program's.
    """
    same = not movable or clone.git_dir.stat().st_dev == clone.path.stat().st_dev
    near = clone.git_dir if same else clone.path
    with tempfile.TemporaryDirectory(prefix=_SCRATCH, dir=near) as folder:
        yield Path(folder)


def tidy(clone: Clone, since: int | None = None) -> None:
    """Take back a change that a killed program had begun, and remove its folders.

    `since` is when a killed program had taken the clone's lock, in nanoseconds. Only with that
    lock. Raises `Refused` while a git of that program still runs, and where there is no room.
    """
    if (clone.git_dir / CHANGE).exists():
        try:
            _take_back(clone, killed=True)
        except OSError as error:
            raise Refused(
                "What a gitbatch-tui had begun here when it was killed can't be taken back "
                f"({error.strerror}): fix that, then try again."
            ) from error
    if since is not None:
        orphans.unlock_settings(clone, since)
    for near in (clone.git_dir, clone.path):
        for left in near.glob(f"{_SCRATCH}*"):
            shutil.rmtree(left, ignore_errors=True)


def _take_back_after(clone: Clone, failure: BaseException) -> None:
    try:
        _take_back(clone, killed=not isinstance(failure, GitBatchError))
    except (GitBatchError, OSError) as error:
        raise Refused(
            f"{failure} What was begun can't be taken back now ({error}): the next command here "
            "does that, as soon as it can."
        ) from failure


def _take_back(clone: Clone, *, killed: bool) -> None:
    place = clone.git_dir / CHANGE
    try:
        change = Change(**json.loads(place.read_text("ascii")))
    except (ValueError, TypeError):  # cut off with the machine's power, before anything began
        _forget(clone)
        return
    orphans.wait_for(clone)
    orphans.unlock(clone, place.stat().st_mtime_ns, killed=killed)
    if not change.moves or not _index_taken_back(clone, change):
        _restore(clone, change)
    _forget(clone)


def _index_taken_back(clone: Clone, change: Change) -> bool:
    """True if index and HEAD say that nothing, or everything, has to be done."""
    head = clone.commit_of("HEAD") or ""
    if head != change.old:  # it was done, or somebody has gone on from here
        return True
    words = ("diff-index", "--cached", "--name-only", "--no-renames", "-z", change.new, "--")
    if set(clone.git(*words).split("\0")) & set(change.paths):
        return False
    old = change.old or clone.empty_tree
    if clone.ask("read-tree", "-m", "-u", change.new, old).status:
        # Somebody has changed the new files since: all is there but for the branch.
        clone.git("update-ref", "-m", "finish a merge", "HEAD", change.new, change.old)
    return True


def _restore(clone: Clone, change: Change) -> None:
    """Let the files be as the older commit has them, but for those that are somebody's own."""
    changes = [
        each
        for each in changes_between(clone, change.old or clone.empty_tree, change.new)
        if each.path in change.paths and not each.is_submodule
    ]
    back = [c for c in changes if c.old_mode != NOTHING and c.path not in change.gone]
    # What goes makes room for what comes.
    for each in _ours(clone, [c for c in changes if c not in back]):
        _remove(clone, each.path)
    with scratch(clone, movable=True) as folder:
        for each in _ours(clone, back):
            _put_back(clone, each, folder / "file")


def _ours(clone: Clone, changes: Iterable[FileChange]) -> list[FileChange]:
    changes = list(changes)
    found = present(clone, (change.path for change in changes))
    return [change for change in changes if _is_ours(clone, change, found[change.path])]


def _is_ours(clone: Clone, change: FileChange, found: ModeAndBlob) -> bool:
    """True if we left the file, and it isn't the old one; a missing one was removed by us."""
    mode, blob = found
    old, new = (change.old_mode, change.old_blob), (change.new_mode, change.new_blob)
    if found == old or mode == change.old_mode == NOTHING:
        return False
    if mode == NOTHING or (mode[:3], blob) == (new[0][:3], new[1]):
        return True
    sides = [side for side in (new, old) if side[0].startswith("100") and mode.startswith("100")]
    return any(is_beginning(clone, change.path, side[1]) for side in sides)


def _remove(clone: Clone, path: str) -> None:
    target = clone.path / path
    if obstacle(clone.path, target):
        return
    target.unlink(missing_ok=True)
    remove_empty(target.parent, clone.path)


def _put_back(clone: Clone, change: FileChange, written: Path) -> None:
    target = clone.path / change.path
    if obstacle(clone.path, target):
        return
    # What is there is ours, and its room may be needed.
    target.unlink(missing_ok=True)
    if change.old_mode == LINK:
        content = clone.ask("cat-file", "blob", change.old_blob).check("git can't read a link.")
        written.symlink_to(os.fsdecode(content))
    else:
        words = ("cat-file", "--filters", f"--path={change.path}", change.old_blob)
        with written.open("wb") as file, clone.stream(*words) as stream:
            for chunk in stream:
                file.write(chunk)
        if stream.status:
            raise Refused(f"git can't read {abbreviated(change.old_blob)}: `git fsck` says more.")
        if change.old_mode == EXECUTABLE:
            written.chmod(written.stat().st_mode | 0o111 & ~_umask())
    target.parent.mkdir(parents=True, exist_ok=True)
    written.replace(target)


def remove_empty(folder: Path, root: Path) -> None:
    """Remove a folder and those above it, below `root`, as far as nothing is in them."""
    while folder != root:
        try:
            folder.rmdir()
        except OSError:
            return
        folder = folder.parent


def _umask() -> int:
    mask = os.umask(0o077)
    os.umask(mask)
    return mask


def _forget(clone: Clone) -> None:
    orphans.forget(clone)
    (clone.git_dir / CHANGE).unlink(missing_ok=True)
