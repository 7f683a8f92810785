"""Lists the outputs of a run that its commits don't contain, so that nobody misses them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gitbatch_tui.core.base.format import plural, size
from gitbatch_tui.core.base.text import one_line
from gitbatch_tui.core.runs.record_files import large_files_of
from gitbatch_tui.models import Results

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gitbatch_tui.core.git.repo import Clone
    from gitbatch_tui.models import Run

_NAMED = 3


def what_stayed(clone: Clone, run: Run) -> tuple[str, ...]:
    """Sentences: all of it, large files, what git ignores, commits elsewhere, what was left out."""
    return (
        *_undelivered(run),
        *_large(clone, run),
        *_ignored(run),
        *_elsewhere(run),
        *_left_out(run),
    )


def _undelivered(run: Run) -> Iterator[str]:
    if run.results is Results.UNDELIVERED:
        again = f"`gitbatch-tui pull {run.name}` tries again"
        yield f"The results of {run.name} are not delivered: {run.undelivered} ({again})."


def _large(clone: Clone, run: Run) -> Iterator[str]:
    if files := large_files_of(clone, run):
        names = [one_line(file.path) for file in files]
        what = f"{plural(len(files), 'large file')}, {size(sum(file.size for file in files))}"
        yield f"{what}, stayed on the server ({_few(names)}): {_get(run)} copies them."


def _ignored(run: Run) -> Iterator[str]:
    names = run.ignored.split()
    if run.ignored_files:
        what = f"{plural(run.ignored_files, 'file')}, {size(run.ignored_bytes)}"
        yield f"{what}, that git ignores stayed there ({_few(names)}): {_get(run)} copies them."
    elif names:
        yield f"What git ignores stayed there ({_few(names)}): {_get(run)} copies it."


def _elsewhere(run: Run) -> Iterator[str]:
    for each in run.elsewhere:
        yield (
            f"It also committed {each}, which isn't part of its result: "
            f"`git fetch {run.remote} {each.commit}` brings it."
        )


def _left_out(run: Run) -> Iterator[str]:
    if run.warning:
        yield f"{run.name}: {run.warning}."


def _few(names: list[str]) -> str:
    more = ", ..." if len(names) > _NAMED else ""
    return ", ".join(names[:_NAMED]) + more


def _get(run: Run) -> str:
    return f"`gitbatch-tui get {run.name} PATH`"
