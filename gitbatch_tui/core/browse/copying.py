"""Copies files of a run whose run tree is gone, from the commit with its results."""

from __future__ import annotations

from typing import IO, TYPE_CHECKING

from gitbatch_tui.core.results.download import (
    Download,
    DownloadProgress,
    DownloadResult,
    stopped,
)
from gitbatch_tui.core.runs.record_files import large_files_of

if TYPE_CHECKING:
    from pathlib import Path

    from gitbatch_tui.core.batch.batch import Batch
    from gitbatch_tui.core.browse.trees import RunTree
    from gitbatch_tui.core.hosts.backoff import Backoff
    from gitbatch_tui.models import Run

_CHUNK = 1 << 22
"""Bytes that are read of a file at once."""


def copy_committed(  # noqa: PLR0913  # what, from where and to where
    batch: Batch,
    run: Run,
    tree: RunTree,
    path: str,
    dest: Path,
    *,
    progress: DownloadProgress | None = None,
) -> DownloadResult:
    """Copy a file of a commit to `dest`, or a folder's files into `dest`.

    Raises `UnknownName` where there is no such path, and `Stopped`; what came is kept then.
    """
    files = tree.files(path)
    total = sum(size for size, _ in files)
    hashes = {file.path: file.hash for file in large_files_of(batch.clone, run)}
    copy = _CommittedDownload(batch, run.number, total, progress or DownloadProgress(), hashes)
    copy.tree = tree
    for size, listed in files:
        relative = listed.removeprefix(path).lstrip("/")
        if relative:
            copy.file(listed, size, dest, relative)
        else:
            copy.file(listed, size, dest.parent, dest.name)
    return copy.got


class _CommittedDownload(Download):
    """Reads what is in the clone, or what the server keeps beside the commit."""

    tree: RunTree

    def _append(self, path: str, file: IO[bytes], backoff: Backoff) -> None:
        while data := self.tree.read(path, file.tell(), _CHUNK):
            backoff.reached()
            file.write(data)
            self._progress.came(path, self._done + file.tell(), self._total)
            if self._batch.stop.asked:
                raise stopped()

    def _is_same(self, path: str, file: Path) -> bool:
        with file.open("rb") as content:
            at = 0
            while here := content.read(_CHUNK):
                if here != self.tree.read(path, at, len(here)):
                    return False
                at += len(here)
        return True
