"""Finds the metrics of runs: in run trees while they go on, among their results afterwards."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gitbatch_tui.core.batch.fetch import fetch_results
from gitbatch_tui.core.compare.metrics import curve_files
from gitbatch_tui.core.curves.columns import ROOM
from gitbatch_tui.core.curves.files import WrittenFile, in_tree
from gitbatch_tui.core.curves.reading import RunMetrics
from gitbatch_tui.core.git.blobs import blobs_at, contents_of, sizes_of
from gitbatch_tui.errors import GitBatchError
from gitbatch_tui.models import Results

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gitbatch_tui.core.batch.batch import Batch
    from gitbatch_tui.core.curves.files import MetricsFile
    from gitbatch_tui.core.git.repo import Clone
    from gitbatch_tui.models import Run

    Side = tuple[Batch, Run]

MOST = 24
"""As many runs as have curves in one picture."""
LARGEST = 64 * 2**20
"""Bytes of a file among results that is read."""


def open_metrics(sides: Sequence[Side], path: str = "") -> list[RunMetrics]:
    """The metrics of each run, of which nothing is read yet.

    `path` is the file that has them; without one, git's `gitbatch.metrics` and then the usual
    names say which. Results that aren't here are fetched; a run of which that fails says why.
    """
    clone = sides[0][0].clone
    paths = (path,) if path else curve_files(clone)
    troubles = _fetched(sides)
    runs = [run for _, run in sides]
    places = [(run.commit, path) for run in runs for path in paths]
    own = iter(_readable(clone, places))
    written = iter(_readable(clone, [(_result(run), path) for run in runs for path in paths]))
    return [
        _one(
            side,
            {path: next(own) for path in paths},
            {path: next(written) for path in paths},
            len(sides),
            troubles.get(side[0].remote.name, ""),
        )
        for side in sides
    ]


def _one(
    side: Side,
    own: Mapping[str, bytes | None],
    written: Mapping[str, bytes | None],
    among: int,
    trouble: str,
) -> RunMetrics:
    batch, run = side
    files: dict[str, MetricsFile] = {}
    inherited = {path: data for path, data in own.items() if data is not None}
    if _result(run):
        there = {path: data for path, data in written.items() if data is not None}
        new = {path: data for path, data in there.items() if data != own[path]}
        files |= {path: WrittenFile(data) for path, data in (new or there).items()}
    if not files and not batch.remote.published and not trouble:
        # Also what .gitignore or its size kept out of the results.
        files |= {path: in_tree(batch.server, run.number, path) for path in own}
    return RunMetrics(run, files, room=ROOM // among, inherited=inherited, note=trouble)


def _result(run: Run) -> str:
    """The commit with what a run has written, once nothing is added any more."""
    return run.result if run.state.final and run.results is not Results.ON_THEIR_WAY else ""


def _fetched(sides: Sequence[Side]) -> dict[str, str]:
    """Bring results here; why that failed, by the names of remotes."""
    troubles = {}
    for batch in {batch.remote.name: batch for batch, _ in sides}.values():
        wanted = [run for other, run in sides if other.remote == batch.remote and _result(run)]
        try:
            fetch_results(batch, wanted)
        except GitBatchError as error:
            troubles[batch.remote.name] = str(error)
    return troubles


def _readable(clone: Clone, places: Sequence[tuple[str, str]]) -> list[bytes | None]:
    """The contents at each place; None where there is nothing, or too much."""
    blobs = blobs_at(clone, places)
    sizes = sizes_of(clone, filter(None, blobs))
    data = contents_of(clone, [blob for blob, size in sizes.items() if size <= LARGEST])
    return [data.get(blob) for blob in blobs]
