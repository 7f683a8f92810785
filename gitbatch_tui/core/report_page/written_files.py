"""Finds what many runs wrote that a page can show: pictures, notebooks and tables."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from gitbatch_tui.core.git.blobs import contents_by_size, sizes_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from gitbatch_tui.core.git.repo import Clone
    from gitbatch_tui.models import Run

PICTURES = {
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".gif": "image/gif",
    ".webp": "image/webp",
    ".svg": "image/svg+xml",
}
NOTEBOOK = ".ipynb"
TABLES = (".csv", ".tsv")
_SHOWN = {*PICTURES, NOTEBOOK, *TABLES}
_LARGEST = 4 * 2**20
"""Bytes of a file that is looked at."""
_ID = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")


@dataclass(frozen=True)
class WrittenFile:
    """A file of a run's results, which the run wrote."""

    run: Run
    path: str
    blob: str
    size: int
    """In bytes."""

    @property
    def suffix(self) -> str:
        return PurePosixPath(self.path).suffix.lower()


def written_files(clone: Clone, runs: Sequence[Run]) -> list[WrittenFile]:
    """The files of these runs that can be shown, in the order of runs; their commits are here."""
    with_results = {run.result: run for run in runs if run.result and run.result != run.commit}
    found = [
        (with_results[result], path, blob)
        for result, path, blob in _changes(clone, with_results)
        if PurePosixPath(path).suffix.lower() in _SHOWN
    ]
    sizes = sizes_of(clone, [blob for _, _, blob in found]) if found else {}
    files = [WrittenFile(run, path, blob, sizes[blob]) for run, path, blob in found]
    return [file for file in files if 0 < file.size <= _LARGEST]


def read(clone: Clone, files: Sequence[WrittenFile]) -> dict[str, bytes]:
    """The contents of these files by their blobs."""
    return contents_by_size(clone, {each.blob: each.size for each in files})


def _changes(clone: Clone, runs: dict[str, Run]) -> Iterator[tuple[str, str, str]]:
    """Result, path and blob of everything that was written, asked for all runs at once."""
    asked = "".join(f"{result} {run.commit}\n" for result, run in runs.items())
    words = ("diff-tree", "--stdin", "-r", "-z", "--no-renames", "--no-abbrev", "--diff-filter=AM")
    fields = iter(clone.git(*words, "--", stdin=asked.encode()).split("\0")) if asked else iter(())
    result = ""
    for field in fields:
        if not field.startswith(":"):
            result = field.strip() if _ID.fullmatch(field.strip()) else result
            continue
        _, mode, _, blob, _ = field.split(" ")
        path = next(fields, "")
        if mode.startswith("100") and result in runs:
            yield result, path, blob
