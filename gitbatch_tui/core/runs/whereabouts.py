"""Finds out which results are in the clone already: pulled, or still waiting on the server."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from gitbatch_tui.models import Results

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from gitbatch_tui.core.clone.repo import Clone
    from gitbatch_tui.models import Run

# A clone without all of its objects must not ask another server for those of a run.
_HERE = {"GIT_NO_LAZY_FETCH": "1"}


def taken_ref(run: Run) -> str:
    """The ref that remembers, in the clone, that a run's results came home as files."""
    return f"refs/gitbatch/{run.remote}/taken/{run.number}"


def locate(clone: Clone, runs: Sequence[Run]) -> list[Run]:
    """The same runs, those whose results are in a local branch marked as pulled."""
    waiting = {run.result for run in runs if run.results is Results.WAITING}
    homes = ["refs/heads", *{f"refs/gitbatch/{run.remote}/taken" for run in runs}]
    pulled = _reachable(clone, homes, _present(clone, waiting))
    return [
        replace(run, results=Results.PULLED)
        if run.results is Results.WAITING and run.result in pulled
        else run
        for run in runs
    ]


def _present(clone: Clone, commits: Iterable[str]) -> set[str]:
    lines = "".join(f"{commit}\n" for commit in commits)
    if not lines:
        return set()
    check = ("cat-file", "--batch-check=%(objectname)", "--buffer")
    answer = clone.git(*check, stdin=lines.encode(), environment=_HERE)
    return {line for line in answer.split("\n") if " " not in line}


def _reachable(clone: Clone, homes: Sequence[str], commits: set[str]) -> set[str]:
    """Those of the commits that can be reached from HEAD or from a ref of these folders."""
    if not commits:
        return set()
    tips = clone.git("for-each-ref", "--format=^%(objectname)", *homes).split()
    head = clone.commit_of("HEAD")
    lines = "\n".join([*commits, *tips, *([f"^{head}"] if head else [])])
    apart = clone.git("rev-list", "--stdin", stdin=f"{lines}\n".encode(), environment=_HERE)
    return commits - set(apart.split("\n"))
