"""Collects the facts of runs for a page, with few questions to git and to servers."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from gitbatch_tui.core.compare.runs import line_up
from gitbatch_tui.core.report_page.charts import charts_of_metrics, charts_of_tables
from gitbatch_tui.core.report_page.written_files import (
    TABLES,
    WrittenFile,
    read,
    written_files,
)
from gitbatch_tui.core.runs.published import history_called
from gitbatch_tui.core.runs.statement import log_in
from gitbatch_tui.errors import GitBatchError, OnlyPublished, Unreachable
from gitbatch_tui.models import Results, State

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from gitbatch_tui.core.batch.batch import Batch
    from gitbatch_tui.core.compare.runs import RunTable
    from gitbatch_tui.core.curves.svg import Chart
    from gitbatch_tui.models import BatchRemote, Run

    Side = tuple[Batch, Run]

LOGS = 20
"""As many runs as have their logs on a page, those that failed first."""
_LOG_BYTES = 20_000
"""Of a longer log, the end."""
_AT_ONCE = 4
_TABLES = 4 * 2**20
"""Bytes of tables that are read."""


@dataclass(frozen=True)
class Facts:
    """Everything that a page shows."""

    runs: Sequence[Run]
    table: RunTable
    charts: Sequence[Chart]
    files: Sequence[WrittenFile]
    """The pictures and notebooks that they wrote."""
    contents: Mapping[tuple[str, str], bytes]
    """Theirs, by run and path, as far as they fit the page."""
    logs: Mapping[str, bytes]
    """The ends of some logs, by the names of runs."""
    notes: Sequence[str] = field(default=())
    """What is missing, in sentences."""


def collect(
    sides: Sequence[Side],
    room: int,
    path: str = "",
    tell: Callable[[str], None] = lambda _: None,
) -> Facts:
    """The facts of runs, with at most `room` bytes of pictures and notebooks."""
    notes: list[str] = []
    here = [side for side in sides if side[1].results is not Results.ON_THEIR_WAY]
    clone = sides[0][0].clone
    tell("reading results")
    try:
        table = line_up(here, path)
    except GitBatchError as error:
        # Without results there is still something to show.
        notes.append(str(error))
        here = [(batch, run) for batch, run in here if clone.commit_of(run.result or run.commit)]
        table = line_up(here, path)
    files = written_files(clone, [run for _, run in here])
    tables = _fitting([file for file in files if file.suffix in TABLES], _TABLES)
    shown = [file for file in files if file.suffix not in TABLES]
    fitting = _fitting(shown, room)
    data = read(clone, [*tables, *fitting])
    contents = {(file.run.name, file.path): data[file.blob] for file in fitting}
    charts = [*charts_of_metrics(table), *charts_of_tables(tables, data)]
    tell("reading logs")
    logs = _logs(sides, notes)
    return Facts([run for _, run in sides], table, charts, shown, contents, logs, notes)


def _fitting(files: Sequence[WrittenFile], room: int) -> list[WrittenFile]:
    """The first files in their order, as many as there is room for."""
    chosen = []
    for file in files:
        if file.size <= room:
            room -= file.size
            chosen.append(file)
    return chosen


def _logs(sides: Sequence[Side], notes: list[str]) -> dict[str, bytes]:
    wanted = sorted(sides, key=lambda side: side[1].state is State.SUCCEEDED)[:LOGS]
    logs: dict[str, bytes] = {}
    missing: dict[str, list[str]] = {}
    away: dict[BatchRemote, Unreachable] = {}
    with ThreadPoolExecutor(_AT_ONCE) as threads:
        answers = threads.map(lambda side: _log(side, away), wanted)
        for (_, run), log in zip(wanted, answers, strict=True):
            if isinstance(log, GitBatchError):
                missing.setdefault(str(log), []).append(run.name)
            else:
                logs[run.name] = log
    for reason, names in missing.items():
        what = "The log" if len(names) == 1 else "The logs"
        notes.append(f"{what} of {', '.join(names)}: {reason}")
    return {name: log for name, log in logs.items() if log}


def _log(side: Side, away: dict[BatchRemote, Unreachable]) -> bytes | GitBatchError:
    """The end of a log, or why it isn't here; who can't be reached isn't asked again."""
    batch, run = side
    if batch.remote in away:
        return away[batch.remote]
    try:
        if batch.remote.published:
            history = history_called(batch.clone, batch.remote.name)
            log = log_in(batch.clone, history.statement, run.number) if history else None
            if log is None:
                return OnlyPublished(f"not published on {batch.remote.published}.")
            return log[-_LOG_BYTES:]
        size = batch.server.files.stat(run.number).size
        return batch.server.files.read(
            run.number, offset=max(0, size - _LOG_BYTES), size=_LOG_BYTES
        )
    except Unreachable as error:
        away[batch.remote] = error
        return error
    except GitBatchError as error:
        return error
