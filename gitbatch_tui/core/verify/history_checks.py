"""Finds faults in the history that a clone has of a batch remote, and in what it says of a run.

git names each record by what is in it and before it, so a record can't be altered where it is;
it can be replaced, or the whole history can.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gitbatch_tui.core.base.format import short
from gitbatch_tui.core.runs.records import log_ref

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gitbatch_tui.core.git.repo import Clone
    from gitbatch_tui.models import Run


def rewritten(clone: Clone, remote: str) -> Iterator[str]:
    """Yield a fault where records that were here once are no part of the history any more.

    Those of another repository, which was at the same place before, don't count.
    """
    log = log_ref(remote)
    for ref in clone.git("for-each-ref", "--format=%(refname)", f"{log}-*").split():
        if clone.try_git("merge-base", ref, log) is not None:
            yield f"The server's history was rewritten: what it said before is {ref}."


def faults_in_chain(clone: Clone, remote: str) -> Iterator[str]:
    """Yield the faults that make it no chain from its one beginning to the newest record."""
    log = log_ref(remote)
    roots = clone.try_git("rev-list", "--max-parents=0", log, "--")
    if roots is None:
        yield "Records are missing in the middle of it."
    elif len(roots.split()) != 1:
        yield "It has more than one beginning."
    elif clone.git("rev-list", "--min-parents=2", "--max-count=1", log, "--"):
        yield "Two histories were joined in it."


def faults_of_run(clone: Clone, run: Run) -> Iterator[str]:
    """Yield where a run's records contradict each other, or the commit that they name."""
    if not run.submitted:
        yield "The record of its submission is missing."
    for key, value in (("Commit", run.commit), ("Branch", run.branch)):
        told = _told(clone, run, key)
        if len(told - {value}):
            yield f"Its records name several of what should be one {key.lower()}."
    tree = clone.try_git("rev-parse", "--verify", "--quiet", f"{run.commit}^{{tree}}")
    if tree is not None and tree != run.tree:
        yield f"The record names the tree {short(run.tree)}, but its commit has {short(tree)}."


def _told(clone: Clone, run: Run, key: str) -> set[str]:
    """All that the records of a run say under a key."""
    pattern = ("--extended-regexp", f"--grep=^Run: {run.number}$")
    text = clone.git("log", "--no-color", "--format=%B", *pattern, log_ref(run.remote), "--")
    lines = (line.partition(": ") for line in text.split("\n"))
    return {value for name, _, value in lines if name == key}
