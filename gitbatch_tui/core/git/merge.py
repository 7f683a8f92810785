"""Brings commits of the batch remote into a branch here, wholly or not at all.

A merge is made as a commit first, which touches nothing; then the branch, the index and the work
tree go forward to it, from one known commit to another, which can be taken back.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gitbatch_tui.core.base.format import first_few
from gitbatch_tui.core.base.text import clean, one_line
from gitbatch_tui.core.git.changed_files import NOTHING
from gitbatch_tui.core.git.complaints import reason_in, sentence_for
from gitbatch_tui.core.git.rollback import Change, reversible, scratch
from gitbatch_tui.core.git.signing import signing
from gitbatch_tui.core.git.worktree_changes import changes_between, present
from gitbatch_tui.errors import CommandFailed, Conflict, Refused

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from gitbatch_tui.core.git.changed_files import FileChange
    from gitbatch_tui.core.git.repo import Clone
    from gitbatch_tui.core.git.worktree_changes import ModeAndBlob
    from gitbatch_tui.core.hosts.host import Answer


# Whatever a person has set for merges of their own.
_FORWARD = ("-c", "merge.autoStash=false", "merge", "--ff-only", "--no-squash", "--no-edit")
_NAMED = 5

_MERGES_TREES = (2, 38)

_CONFLICT = 1


@dataclass(frozen=True)
class MergePurpose:
    """The reason for bringing commits in, for the sentences when it can't be done."""

    done: str
    """Nothing was ...: `submitted`."""
    again: str
    """What to do once more: `submit again`."""
    instead: str
    """What else known: `use --without-results`."""


def bring_in(clone: Clone, branch: str, commit: str, message: str, purpose: MergePurpose) -> None:
    """Fast-forward a branch to a commit, or merge it with this message.

    Only with the clone's lock. Raises `Conflict`, with the files, where both sides change the
    same; then, as after every other error, all is as it was.
    """
    if clone.commit_of("MERGE_HEAD"):
        raise Refused(
            "A merge is under way here: finish it with `git commit`, or undo it with `git merge "
            f"--abort`, and {purpose.again}."
        )
    if clone.head().branch == branch:
        _bring_home(clone, commit, message, purpose)
        return
    if branch in clone.being_rebased():
        raise Refused(
            f"A rebase of {one_line(branch)} is under way: finish it with `git rebase --continue`, "
            f"or undo it with `git rebase --abort`, and {purpose.again}."
        )
    old = clone.branch(branch).commit
    if not clone.contains(commit, old) or branch in clone.checked_out():
        raise Refused(
            f"To merge into {one_line(branch)}, it has to be checked out: `git checkout "
            f"{one_line(branch)}`, and {purpose.again}."
        )
    clone.git("update-ref", "-m", message, f"refs/heads/{branch}", commit, old)


def _bring_home(clone: Clone, commit: str, message: str, purpose: MergePurpose) -> None:
    """Bring commits into the branch that is checked out."""
    old = clone.head().commit
    if old and clone.contains(old, commit):
        return
    new = commit
    if old and not clone.contains(commit, old):
        try:
            new = join(clone, old, commit, message)
        except BothChange as both:
            raise Conflict(
                f"The results and your commits both change {_names(both.paths)}. The merge was "
                f"undone and nothing was {purpose.done}: merge by hand, or {purpose.instead}.",
                detail="\n".join(map(one_line, both.paths)),
            ) from both
    before = old or clone.empty_tree
    changes = changes_between(clone, before, new)
    gone = _check_unchanged(clone, before, changes, purpose)
    paths = tuple(change.path for change in changes)
    with reversible(clone, Change(old, new, moves=True, paths=paths, gone=gone)) as told:
        _go_forward(clone, new, message, told)


def _check_unchanged(
    clone: Clone, old: str, changes: Sequence[FileChange], purpose: MergePurpose
) -> tuple[str, ...]:
    """Raise `Conflict` where files aren't as in the old commit; return those that are gone."""
    files = [c for c in changes if not c.is_submodule]
    found = present(clone, (change.path for change in files))
    own = {c.path for c in files if not _is_as_before(clone, c, found[c.path])}
    words = ("diff-index", "--cached", "--name-only", "--no-renames", "-z", old, "--")
    own |= {c.path for c in files} & set(clone.git(*words).split("\0"))
    if own:
        raise Conflict(
            f"The results change {_names(sorted(own))} too, and your changes there aren't "
            f"committed: commit them first, or {purpose.instead}. Nothing was {purpose.done}.",
            detail="\n".join(map(one_line, sorted(own))),
        )
    return tuple(c.path for c in files if found[c.path][0] == NOTHING != c.old_mode)


def _is_as_before(clone: Clone, change: FileChange, found: ModeAndBlob) -> bool:
    mode, blob = found
    if mode == NOTHING:  # removed here, or never checked out: that loses nothing
        return True
    if change.old_mode == NOTHING:
        # git knows best whether a folder is in the way.
        return (clone.path / change.path).is_dir() and mode == "other"
    return (mode[:3], blob) == (change.old_mode[:3], change.old_blob)


def _go_forward(clone: Clone, new: str, message: str, told: Callable[[int], None]) -> None:
    with clone.process(*_FORWARD, new, environment={"GIT_REFLOG_ACTION": message}) as running:
        told(running.pid)
        for _ in running:
            pass
    if running.status:
        said = "\n".join([*running.said, running.stdout])
        why = sentence_for(said) or f"git merge failed: {reason_in(said.splitlines())}."
        raise CommandFailed(f"{why} Nothing was changed.", status=running.status, detail=said)


def _names(paths: Sequence[str]) -> str:
    return first_few([one_line(path) for path in paths], _NAMED)


class BothChange(Exception):
    """The error for files that both sides change in the same place."""

    def __init__(self, paths: list[str]) -> None:
        super().__init__(*paths)
        self.paths = paths


def join(clone: Clone, ours: str, theirs: str, message: str) -> str:
    """A commit on top of both; raises `BothChange`. Only with the clone's lock."""
    if clone.git_version >= _MERGES_TREES:
        tree = _merged(clone, ours, theirs)
    else:
        tree = _merged_by_hand(clone, ours, theirs)
    return clone.git("commit-tree", *signing(clone), "-p", ours, "-p", theirs, "-m", message, tree)


def _merged(clone: Clone, ours: str, theirs: str) -> str:
    words = ("merge-tree", "--write-tree", "-z", "--name-only", "--no-messages", ours, theirs)
    answer = clone.ask(*words)
    tree, *paths = answer.stdout.decode("utf-8", "surrogateescape").rstrip("\0").split("\0")
    if answer.status == _CONFLICT:
        raise BothChange([path for path in paths if path])
    return _checked(answer, tree)


def _merged_by_hand(clone: Clone, ours: str, theirs: str) -> str:
    """Merge with the commands that an older git has, which follow no renames."""
    base = clone.git("merge-base", ours, theirs)
    with scratch(clone) as folder:
        tree = folder / "tree"
        tree.mkdir()
        environment = {
            "GIT_DIR": str(clone.git_dir),
            "GIT_INDEX_FILE": str(folder / "index"),
            "GIT_WORK_TREE": str(tree),
        }
        there = ("-C", str(tree))
        words = ("read-tree", "-i", "-m", "--aggressive", base, ours, theirs)
        clone.git(*there, *words, environment=environment)
        merge = ("merge-index", "-o", "-q", "git-merge-one-file", "-a")
        if clone.ask(*there, *merge, environment=environment).status:
            listed = clone.git(*there, "ls-files", "-u", "-z", environment=environment)
            lines = [line.partition("\t")[2] for line in listed.split("\0") if line]
            raise BothChange(list(dict.fromkeys(lines)))
        return clone.git(*there, "write-tree", environment=environment)


def _checked(answer: Answer, tree: str) -> str:
    if answer.status:
        said = clean(answer.stderr)
        why = sentence_for(said) or f"git can't merge them: {reason_in(said.splitlines())}."
        raise CommandFailed(why, status=answer.status, detail=said)
    return tree
