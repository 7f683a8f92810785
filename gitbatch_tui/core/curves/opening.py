"""Finds the metrics of runs: in run trees while they go on, among their results afterwards."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gitbatch_tui.core.batch.fetch import fetch_results
from gitbatch_tui.core.compare.metrics import curve_files
from gitbatch_tui.core.curves.columns import ROOM
from gitbatch_tui.core.curves.events import newest_event_file
from gitbatch_tui.core.curves.files import BlobFile, Unpacking, has_tree, in_folder, in_tree
from gitbatch_tui.core.curves.reading import RunMetrics, sampled
from gitbatch_tui.core.git.blobs import blobs_at, missing_commits, sizes_of
from gitbatch_tui.errors import GitBatchError
from gitbatch_tui.models import Results

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gitbatch_tui.core.batch.batch import Batch
    from gitbatch_tui.core.curves.files import MetricsFile
    from gitbatch_tui.core.git.repo import Clone
    from gitbatch_tui.models import Run

    Side = tuple[Batch, Run]
    Blob = tuple[str, int]

MOST = 24
"""As many runs as have curves in one picture."""
LARGEST = 15 * 2**20
"""Bytes of a file among results that is read; of a larger one, the file in the run tree is."""
TOGETHER = 64 * 2**20
"""Bytes of all such files together."""


def open_metrics(sides: Sequence[Side], path: str = "") -> list[RunMetrics]:
    """The metrics of each run, of which nothing is read yet.

    `path` is the file that has them; without one, git's `gitbatch.metrics` and then the usual
    names say which. Results that aren't here are fetched, unless their run tree is on this machine;
    a run of which that fails says why.
    """
    clone = sides[0][0].clone
    paths = curve_files(clone, path)
    troubles = _fetched(sides)
    named = [_resolved(batch, run, paths) for batch, run in sides]
    found = iter(_blobs(clone, _places(sides, named)))
    unpacking = Unpacking(clone)
    metrics = []
    for (batch, run), own_paths in zip(sides, named, strict=True):
        own, written = ({path: next(found) for path in own_paths} for _ in _commits(run))
        trouble = troubles.get(run.remote, "")
        files = _results(unpacking, own, written)
        if not files and not batch.remote.published and not trouble:
            # Also what .gitignore or its size kept out of the results.
            files = {path: in_tree(batch.server, run.number, path) for path in own_paths}
        inherited = {path: BlobFile(unpacking, *blob) for path, blob in own.items() if blob}
        room = ROOM // len(sides)
        metrics.append(RunMetrics(run, files, room=room, inherited=inherited, note=trouble))
    return metrics


def sampled_results(sides: Sequence[Side]) -> list[RunMetrics]:
    """The metrics of each run with a sample of them, where these are results that are all here.

    Nothing is fetched. None are returned where one run has no results here, or goes on.
    """
    results = [result_of(run) for _, run in sides]
    if not sides or not all(results) or missing_commits(sides[0][0].clone, results):
        return []
    metrics = open_metrics(sides)
    for each, has_sample in zip(metrics, sampled(metrics), strict=True):
        if has_sample:
            each.close()  # what was unpacked takes too much room to be kept
    return metrics


def with_results_here(sides: Sequence[Side]) -> list[Side]:
    """The runs that are over, and whose results are here."""
    over = [side for side in sides if result_of(side[1])]
    if not over:
        return []
    missing = set(missing_commits(over[0][0].clone, [result_of(run) for _, run in over]))
    return [side for side in over if result_of(side[1]) not in missing]


def _places(sides: Sequence[Side], named: Sequence[Sequence[str]]) -> list[tuple[str, str]]:
    """The files of each run before it and after it."""
    return [
        (commit, path)
        for (_, run), paths in zip(sides, named, strict=True)
        for commit in _commits(run)
        for path in paths
    ]


def _resolved(batch: Batch, run: Run, paths: Sequence[str]) -> Sequence[str]:
    """The paths, for a folder the newest of TensorBoard's event files in it."""
    if not paths[0].endswith("/"):
        return paths
    folder = paths[0].removesuffix("/")
    try:
        names = in_folder(batch, run.number, result_of(run), folder)
    except GitBatchError:
        names = []  # reading says what is the matter
    return [newest_event_file(names) or f"{folder}/*.tfevents.*"]


def _commits(run: Run) -> tuple[str, str]:
    """The commit that ran, and the one with what it wrote; empty before that is final."""
    return run.commit, result_of(run)


def _results(
    unpacking: Unpacking, own: Mapping[str, Blob | None], written: Mapping[str, Blob | None]
) -> dict[str, MetricsFile]:
    """The files among results; what isn't as it was in the run's commit, if there is any."""
    there = {path: blob for path, blob in written.items() if blob}
    new = {path: blob for path, blob in there.items() if blob != own[path]}
    wanted = new or there
    for blob in wanted.values():
        unpacking.want(*blob)
    return {path: BlobFile(unpacking, *blob) for path, blob in wanted.items()}


def result_of(run: Run) -> str:
    """The commit with what a run has written, once nothing is added any more."""
    return run.result if run.state.final and run.results is not Results.ON_THEIR_WAY else ""


def _fetched(sides: Sequence[Side]) -> dict[str, str]:
    """Bring results here; why that failed, by the names of remotes."""
    troubles = {}
    for batch in {batch.remote.name: batch for batch, _ in sides}.values():
        # Packing results takes longer than reading them where they are.
        wanted = [
            run
            for other, run in sides
            if other.remote == batch.remote and result_of(run) and not has_tree(batch, run.number)
        ]
        try:
            fetch_results(batch, wanted)
        except GitBatchError as error:
            troubles[batch.remote.name] = str(error)
    return troubles


def _blobs(clone: Clone, places: Sequence[tuple[str, str]]) -> list[Blob | None]:
    """The id and size of the blob at each place; None where there is none, or too much."""
    blobs, room = blobs_at(clone, places), TOGETHER
    chosen: dict[str, Blob] = {}
    for blob, size in sizes_of(clone, filter(None, blobs)).items():
        if size <= min(LARGEST, room):
            chosen[blob] = blob, size
            room -= size
    return [chosen.get(blob) for blob in blobs]
