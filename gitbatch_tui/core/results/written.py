"""Sets apart what runs wrote from what came with their commits, so that it can be compared."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gitbatch_tui.core.base.temporary import temporary_folder
from gitbatch_tui.core.git.branches import not_an_option

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gitbatch_tui.core.git.repo import Clone

    Ends = tuple[str, str]
    """The commit that a run began with, and the one that it came to."""

_TREES = (
    *("diff-tree", "-r", "--no-renames", "--name-only", "-z"),
    *("--no-ext-diff", "--ignore-submodules=none"),
)


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
    kept = [f"{entry}\0" for entry in listed if entry.partition("\t")[2] in paths]
    with temporary_folder() as folder:
        index = {"GIT_INDEX_FILE": str(folder / "index")}
        entries = "".join(kept).encode("utf-8", "surrogateescape")
        clone.git("update-index", "-z", "--index-info", stdin=entries, environment=index)
        return clone.git("write-tree", "--missing-ok", environment=index)
