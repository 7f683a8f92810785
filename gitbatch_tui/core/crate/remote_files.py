"""Reads the files of a run that are in no commit: its log, and large files."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

from gitbatch_tui.core.runs.published import history_called
from gitbatch_tui.core.runs.statement import log_in
from gitbatch_tui.errors import CommandFailed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gitbatch_tui.core.batch.batch import Batch
    from gitbatch_tui.models import Run


def log_of(batch: Batch, run: Run) -> Iterator[bytes]:
    """The bytes that the job printed; raises at once where nobody can be asked for it."""
    if not batch.remote.published:
        return read(batch, run, "log")
    history = history_called(batch.clone, batch.remote.name)
    if history and run.number in history.statement.logs:
        return iter((log_in(batch.clone, history.statement, run.number),))
    raise CommandFailed("it was not published.", status=1)


def read(batch: Batch, run: Run, file: str) -> Iterator[bytes]:
    """A file of a run, as `gitbatch log --file` takes it; raises at once where it isn't there."""
    chunks = _chunks(batch, run, file)
    first = next(chunks, None)
    return chain(() if first is None else (first,), chunks)


def _chunks(batch: Batch, run: Run, file: str) -> Iterator[bytes]:
    server = batch.server
    with server.files.stream(run.number, file) as stream:
        yield from stream
    if failure := server.failure_of(stream):
        raise failure
