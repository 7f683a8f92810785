"""Brings single commits of a batch remote into the clone, by their ids."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gitbatch_tui.core.git.blobs import missing_commits
from gitbatch_tui.core.git.complaints import reason_in, sentence_for
from gitbatch_tui.core.runs.published import unpublished
from gitbatch_tui.errors import CommandFailed, Refused, Stopped

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from gitbatch_tui.core.batch.batch import Batch
    from gitbatch_tui.core.git.process import GitProcess
    from gitbatch_tui.models import Run

_OPTIONS = ("--progress", "--no-tags", "--no-recurse-submodules")
_KEEPS_FETCH_HEAD = (2, 29)


def fetch_result(batch: Batch, run: Run, on_line: Callable[[str], None] = lambda _: None) -> str:
    """The commit with a run's results, which is in the clone then; `on_line` gets the progress.

    The branch that shows it on the server is known here afterwards, too.
    """
    if not run.result:
        raise Refused(f"{run.name} has no results: it {run.state.phrase}.")
    if batch.clone.commit_of(run.result) is None:
        shown = f"refs/heads/{run.place}"
        # Somebody may have deleted the branch since; the result is kept all the same.
        if not run.place or _fetch(batch, run, (run.result, shown), on_line).status:
            _check(run, _fetch(batch, run, (run.result,), on_line))
    return run.result


def fetch_input(batch: Batch, run: Run, on_line: Callable[[str], None] = lambda _: None) -> str:
    """The commit that a run began with, which is in the clone then."""
    if batch.clone.commit_of(run.commit) is None:
        _check(run, _fetch(batch, run, (run.commit,), on_line))
    return run.commit


def fetch_commits(
    batch: Batch, run: Run, commits: Sequence[str], on_line: Callable[[str], None] = lambda _: None
) -> None:
    """Fetch other commits of a run into the clone."""
    missing = [commit for commit in commits if batch.clone.commit_of(commit) is None]
    if missing:
        _check(run, _fetch(batch, run, missing, on_line))


def fetch_results(batch: Batch, runs: Sequence[Run]) -> None:
    """The commits with the results of many runs, all at once."""
    wanted = [run.result for run in runs if run.result]
    missing = missing_commits(batch.clone, wanted)
    if missing:
        first = next(run for run in runs if run.result in missing)
        _check(first, _fetch(batch, first, tuple(missing), lambda _: None))


def _fetch(
    batch: Batch, run: Run, refs: Sequence[str], on_line: Callable[[str], None]
) -> GitProcess:
    if batch.remote.published:
        raise unpublished(batch.remote, f"Results of {run.name}")
    options = list(_OPTIONS)
    if batch.clone.git_version >= _KEEPS_FETCH_HEAD:
        options.append("--no-write-fetch-head")
    command = ("fetch", *options, "--", batch.remote.name, *refs)
    running = batch.follow_git(*command, on_line=on_line)
    if batch.stop.asked:
        raise Stopped("Fetching was stopped. Nothing was changed.")
    return running


def _check(run: Run, running: GitProcess) -> None:
    if running.status:
        why = sentence_for("\n".join(running.said)) or f"{reason_in(running.said)}."
        raise CommandFailed(
            f"What belongs to {run.name} could not be fetched: {why}",
            status=running.status,
            detail="\n".join(running.said),
        )
