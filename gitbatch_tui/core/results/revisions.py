"""Shows what a run changed, and how the results of two runs differ; fetches what that needs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gitbatch_tui.core.base.text import clean
from gitbatch_tui.core.batch.delivery import on_their_way
from gitbatch_tui.core.batch.fetch import fetch_input, fetch_result
from gitbatch_tui.core.diffs.files import PATCH, TREES, Comparison
from gitbatch_tui.core.git.complaints import reason_in
from gitbatch_tui.core.git.names import not_an_option
from gitbatch_tui.core.git.trees import make_tree
from gitbatch_tui.errors import CommandFailed, Refused
from gitbatch_tui.models import Results

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from gitbatch_tui.core.batch.batch import Batch
    from gitbatch_tui.core.git.repo import Clone
    from gitbatch_tui.models import Run

    Ends = tuple[str, str]
    """The commit that a run began with, and the one with its results."""

_TREES = (
    *("diff-tree", "-r", "--no-renames", "--name-only", "-z"),
    *("--no-ext-diff", "--ignore-submodules=none"),
)


def changes_of(
    batch: Batch, run: Run, on_line: Callable[[str], None] = lambda _: None
) -> Comparison:
    """Compare a run's commit with its outcome."""
    new = outcome_commit(batch, run, on_line)
    return Comparison(batch.clone, fetch_input(batch, run, on_line), new)


def difference(
    one: tuple[Batch, Run],
    other: tuple[Batch, Run],
    on_line: Callable[[str], None] = lambda _: None,
) -> Comparison:
    """Compare what two runs wrote; what came with their commits is left out."""
    ends = [
        (fetch_input(batch, run, on_line), outcome_commit(batch, run, on_line))
        for batch, run in (one, other)
    ]
    old, new = with_what_was_written(one[0].clone, ends)
    return Comparison(one[0].clone, old, new)


def patch(comparison: Comparison, *, whole: bool) -> Iterator[bytes]:
    """The bytes of a patch, as they come: `git apply` takes the whole, binary files included.

    It is the same whatever a person has set for diffs.
    """
    binary = ("--binary",) if whole else ()
    commits = (comparison.old, comparison.new, "--")
    with comparison.clone.stream(*TREES, *PATCH, *binary, *commits) as stream:
        yield from stream
    if stream.status:
        said = clean(stream.stderr)
        why = reason_in(said.splitlines())
        raise CommandFailed(f"git diff failed: {why}.", status=stream.status, detail=said)


def outcome_commit(batch: Batch, run: Run, on_line: Callable[[str], None]) -> str:
    """The commit with the results of a run; its own one where it changed nothing."""
    if run.results is Results.ON_THEIR_WAY:
        raise Refused(on_their_way(run))
    if run.results is Results.UNDELIVERED:
        raise Refused(
            f"The results of {run.name} are not delivered: `gitbatch-tui pull {run.name}` tries "
            "again."
        )
    if run.result:
        return fetch_result(batch, run, on_line)
    if not run.state.final:
        raise Refused(f"{run.name} {run.state.phrase}: it has no results yet.")
    return fetch_input(batch, run, on_line)


def written_by(clone: Clone, ends: Ends) -> set[str]:
    """The paths of the files that a run wrote, changed or removed."""
    listed = clone.git(*_TREES, *map(not_an_option, ends), "--")
    return {path for path in listed.split("\0") if path}


def with_what_was_written(clone: Clone, runs: Sequence[Ends]) -> list[str]:
    """A tree for each run, of those files only that one of the runs wrote.

    The outcomes themselves where all runs began with the same commit: then nothing else differs.
    """
    if len({began for began, _ in runs}) == 1:
        return [outcome for _, outcome in runs]
    paths = set[str]().union(*(written_by(clone, ends) for ends in runs))
    return [_tree_of(clone, outcome, paths) for _, outcome in runs]


def _tree_of(clone: Clone, commit: str, paths: set[str]) -> str:
    listed = clone.git("ls-tree", "-r", "-z", "--full-tree", commit).split("\0")
    kept = (entry for entry in listed if entry.partition("\t")[2] in paths)
    return make_tree(clone, kept, missing_ok=True)
