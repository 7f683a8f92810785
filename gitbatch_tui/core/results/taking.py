"""Takes a run's results as they are: instead of those that are here, or as their own branch."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gitbatch_tui.core.base.text import one_line
from gitbatch_tui.core.git.changed_files import NOTHING
from gitbatch_tui.core.git.names import branch_of
from gitbatch_tui.core.git.signing import signing
from gitbatch_tui.core.git.trees import make_tree
from gitbatch_tui.core.git.worktree_changes import changes_between
from gitbatch_tui.errors import Refused

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from gitbatch_tui.core.batch.batch import Batch
    from gitbatch_tui.core.git.changed_files import FileChange
    from gitbatch_tui.core.git.repo import Clone
    from gitbatch_tui.core.git.worktree_changes import ModeAndBlob
    from gitbatch_tui.models import Run


def make_branch(clone: Clone, run: Run, name: str = "") -> str:
    """Give the results a branch, `batch-7` unless it is named; the name.

    Raises `Refused` where there is another one of that name. Only with the clone's lock.
    """
    name = name or f"{run.remote}-{run.number}"
    commit = run.result or run.elsewhere[0].commit
    # `git checkout @` means HEAD.
    if not branch_of(name) or name == "@" or name.startswith("-"):
        raise Refused(f"{one_line(name)} can't be the name of a branch.")
    there = clone.commit_of(f"refs/heads/{name}")
    if there and there != commit:
        raise Refused(
            f"There is a branch {one_line(name)} already, which is another commit: "
            f"`gitbatch-tui pull {run.name} --branch NAME`."
        )
    if not there:
        # The empty old value: only if it isn't there.
        reason = f"results of {run.name}"
        clone.git("update-ref", "-m", reason, f"refs/heads/{name}", commit, "")
    return name


def commit_instead(batch: Batch, run: Run, others: Iterable[Run], tip: str) -> str:
    """A commit on the tip of a branch whose result files are those of the run.

    Of the `others`, runs of the same commit, what they wrote and this one didn't is as it was
    before them, unless it was changed since. Its second parent is the run's result.
    """
    clone = batch.clone
    entries = dict(_undone(clone, tip, (each for each in others if each.result)))
    entries |= {c.path: (c.new_mode, c.new_blob) for c in _written(clone, run)}
    tree = make_tree(clone, map(_line, entries, entries.values()), tip)
    message = f"Take the results of {run.name}"
    parents = ("-p", tip, "-p", run.result)
    return clone.git("commit-tree", *signing(clone), *parents, "-m", message, tree)


def _line(path: str, entry: ModeAndBlob) -> str:
    mode, blob = entry
    return f"{'0' if mode == NOTHING else mode} {blob}\t{path}"


def _undone(clone: Clone, tip: str, others: Iterable[Run]) -> Iterator[tuple[str, ModeAndBlob]]:
    """Yield the files that the others left here, each as it was before."""
    for other in others:
        if clone.commit_of(other.result) and clone.contains(tip, other.result):
            changed = {c.path for c in changes_between(clone, other.result, tip)}
            for change in _written(clone, other):
                if change.path not in changed:
                    yield change.path, (change.old_mode, change.old_blob)


def _written(clone: Clone, run: Run) -> list[FileChange]:
    return changes_between(clone, run.commit, run.result)
