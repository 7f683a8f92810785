"""Finds out which results are in the clone already: pulled, or still waiting on the server.

git has to walk the history to tell that, and nothing else of a list takes as long: so an answer is
kept for as long as branches and results are the same.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

from gitbatch_tui.core.base.state import hash_of, keep, state_home
from gitbatch_tui.models import Results

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from gitbatch_tui.core.git.repo import Clone
    from gitbatch_tui.models import Run


# A clone without all of its objects must not ask another server for those of a run.
_HERE = {"GIT_NO_LAZY_FETCH": "1"}


def taken_ref(run: Run) -> str:
    """The ref that remembers, in the clone, that a run's results came home as files."""
    return f"refs/gitbatch/{run.remote}/taken/{run.number}"


class ResultsLocator:
    """Finds pulled results, anew only where refs of the clone, or results, have changed."""

    def __init__(self) -> None:
        self._asked: tuple[frozenset[str], Sequence[str]] = (frozenset(), ())
        self._pulled: set[str] = set()

    def locate(self, clone: Clone, runs: Sequence[Run]) -> list[Run]:
        """Return the runs, marking those as pulled whose results are in a local branch."""
        waiting = frozenset(run.result for run in runs if run.results is Results.WAITING)
        remotes = sorted({run.remote for run in runs})
        asked = waiting, _tips(clone, remotes) if waiting else ()
        if asked != self._asked:
            self._pulled = _pulled(clone, remotes, *asked)
            self._asked = asked
        return [
            replace(run, results=Results.PULLED)
            if run.results is Results.WAITING and run.result in self._pulled
            else run
            for run in runs
        ]


def locate(clone: Clone, runs: Sequence[Run]) -> list[Run]:
    """Return the runs, marking those as pulled whose results are in a local branch."""
    return ResultsLocator().locate(clone, runs)


def locate_again(clone: Clone, runs: Iterable[Run]) -> dict[str, Results]:
    """Look anew where results are: by result commit, whether it is in a local branch now."""
    shown = {Results.WAITING, Results.PULLED, Results.UNLOCATED}
    found = locate(
        clone, [replace(run, results=Results.WAITING) for run in runs if run.results in shown]
    )
    return {run.result: run.results for run in found}


def _pulled(
    clone: Clone, remotes: Iterable[str], results: frozenset[str], tips: Sequence[str]
) -> set[str]:
    if not results:
        return set()
    remembered = RememberedAnswer(clone, remotes, tips, results)
    pulled = remembered.recall()
    if pulled is None:
        pulled = _reachable(clone, tips, _present(clone, results))
        remembered.remember(pulled)
    return pulled


def _tips(clone: Clone, remotes: Iterable[str]) -> list[str]:
    """HEAD, the branches, and the results that came home as files."""
    homes = ["refs/heads", *(f"refs/gitbatch/{remote}/taken" for remote in remotes)]
    tips = clone.git("for-each-ref", "--format=%(objectname)", *homes).split()
    head = clone.commit_of("HEAD")
    return [*tips, *([head] if head else [])]


def _present(clone: Clone, commits: Iterable[str]) -> set[str]:
    lines = "".join(f"{commit}\n" for commit in commits)
    check = ("cat-file", "--batch-check=%(objectname)", "--buffer")
    answer = clone.git(*check, stdin=lines.encode(), environment=_HERE)
    return {line for line in answer.split("\n") if " " not in line}


def _reachable(clone: Clone, tips: Iterable[str], commits: set[str]) -> set[str]:
    """The commits that can be reached from one of the tips."""
    if not commits:
        return set()
    lines = "\n".join([*commits, *(f"^{tip}" for tip in tips)])
    apart = clone.git("rev-list", "--stdin", stdin=f"{lines}\n".encode(), environment=_HERE)
    return commits.difference(apart.split("\n"))


class RememberedAnswer:
    """The answer to which results can be reached from these tips, kept in a file of the remotes."""

    def __init__(
        self, clone: Clone, remotes: Iterable[str], tips: Iterable[str], results: Iterable[str]
    ) -> None:
        self._file = state_home() / "pulled" / hash_of(str(clone.git_dir), *sorted(remotes))[:20]
        self._question = hash_of(_cut(clone), *sorted(tips), "", *sorted(results))

    def recall(self) -> set[str] | None:
        """The answer of the last time; None where that was another question."""
        with suppress(OSError, UnicodeDecodeError):
            question, *pulled = self._file.read_text("ascii").split("\n")
            if question == self._question:
                return set(pulled)
        return None

    def remember(self, pulled: Iterable[str]) -> None:
        """Keep an answer; where it can't be written, nothing is kept and nothing is said."""
        keep(self._file, "\n".join((self._question, *pulled)).encode("ascii"))


def _cut(clone: Clone) -> str:
    """The commits at which the history of a shallow clone ends; empty where it is whole."""
    with suppress(FileNotFoundError):
        return (clone.common_dir / "shallow").read_text("ascii")
    return ""
