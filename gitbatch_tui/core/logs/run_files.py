"""The files of a run that a person may want to read, wherever they are."""

from __future__ import annotations

import threading
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from gitbatch_tui.core.base.text import one_line
from gitbatch_tui.core.git.opening import open_clone
from gitbatch_tui.core.logs.remote_file import RemoteFile
from gitbatch_tui.core.logs.search import find_bytes
from gitbatch_tui.core.logs.source import CHUNK, SETTLED, LogFile, Seen, TreeFile
from gitbatch_tui.core.logs.timeline import TimelineSource, has_timeline
from gitbatch_tui.core.runs.published import history_called, publishing
from gitbatch_tui.core.runs.statement import log_in
from gitbatch_tui.core.schedulers.adapter import job_of
from gitbatch_tui.errors import GitBatchError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from gitbatch_tui.core.base.journal import Journal
    from gitbatch_tui.core.logs.search import Search
    from gitbatch_tui.core.logs.source import Source
    from gitbatch_tui.core.server.client import Server
    from gitbatch_tui.core.server.file_answers import Page
    from gitbatch_tui.models import BatchRemote


OUTPUT, SCHEDULE = "log", "schedule"


class RunFile(NamedTuple):
    """A file of a run; nothing is read before it is opened."""

    name: str
    """For people."""
    open: Callable[[], Source]


def files_of(server: Server, run: int, others: tuple[str, ...] = ()) -> tuple[RunFile, ...]:
    """The outputs of the job and of schedule.sh, and the others: `log.2`, `tree:PATH`."""
    named = (("output", OUTPUT), ("schedule.sh", SCHEDULE))
    more = ((file.removeprefix("tree:"), file) for file in others)
    return tuple(_run_file(server, run, name, file) for name, file in (*named, *more))


def further_files(server: Server, run: int) -> tuple[RunFile, ...]:
    """Ask the server for more files: of further jobs, of the scheduler, and declared ones.

    Asks the server; raises `GitBatchError`.
    """
    return tuple(
        RunFile(_name(page), partial(_open_page, server, run, page))
        for page in server.files.pages(run)
        if page.file not in (OUTPUT, SCHEDULE)
    )


def open_file(server: Server, run: int, file: str = OUTPUT) -> Source:
    """A file of a run: on this machine read as it is, elsewhere through the server."""
    if server.host.name != "local":
        return RemoteFile(server, run, file)
    folder = Path(server.base).expanduser() / "runs" / str(run)
    if file == OUTPUT:
        return OutputFile(server, run, folder)
    if file.startswith("tree:"):
        return TreeFile(folder, file.removeprefix("tree:"))
    name = "schedule.log" if file == SCHEDULE else file
    return LogFile(folder / name, settled=folder / SETTLED)


class OutputFile(LogFile):
    """The output of a job: in the run's folder, or where its scheduler keeps it.

    A job without our wrapper has only the latter, and its scheduler may tell of it late.
    """

    def __init__(self, server: Server, run: int, folder: Path) -> None:
        super().__init__(folder / OUTPUT, settled=folder / SETTLED)
        self._server = server
        self._run = run
        self._folder = folder
        # Of several that have ended, the first that failed; while they run, the first one.
        if all((folder / name).exists() for name in (SETTLED, "started.2")):
            self._look_elsewhere()

    def look(self) -> Seen:
        if not self.path.exists() and not (self._folder / "started").exists():
            self._look_elsewhere()
        return super().look()

    def _look_elsewhere(self) -> None:
        # While schedule.sh runs, nobody knows of others.
        if (self._folder / "pages").exists() or (self._folder / "scheduled").exists():
            with suppress(GitBatchError):
                self.path = Path(self._server.files.pages(self._run)[0].path)


def _open_page(server: Server, run: int, page: Page) -> Source:
    source = (
        LogFile(Path(page.path))
        if server.host.name == "local"
        else open_file(server, run, page.file)
    )
    return TimelineSource(source, clusters_of(server, run)) if has_timeline(page.name) else source


def clusters_of(server: Server, run: int) -> frozenset[str]:
    """The clusters of a run, by which its events are told from others' in a log that runs share."""
    jobs = [known.job for each in server.jobs(run).values() for known in each.jobs]
    return frozenset(job_of(job.id) for job in jobs if job.scheduler == "htcondor")


def _name(page: Page) -> str:
    return f"{page.name} (leads to {one_line(page.target)})" if page.target else page.name


def _run_file(server: Server, run: int, name: str, file: str) -> RunFile:
    return RunFile(name, lambda: open_file(server, run, file))


class PublishedLog:
    """A log in the clone's own repository, read when somebody first looks; at most 1 MB."""

    piece = CHUNK

    def __init__(
        self, clone: Path, remote: BatchRemote, run: int, journal: Journal | None = None
    ) -> None:
        self._clone, self._remote, self._run, self._journal = clone, remote, run, journal
        self._lock = threading.Lock()
        self._closed = threading.Event()
        self._has_looked = False
        self._data: bytes | None = None
        """What was published; None where it wasn't."""

    def look(self) -> Seen:
        if (data := self._published()) is not None:
            return Seen(len(data))
        return Seen(state=f"not published; its owner can: `{publishing(self._remote)}`")

    def read(self, offset: int, length: int) -> bytes:
        return self._read()[offset : offset + length]

    def chunks(self, offset: int, end: int) -> Iterator[bytes]:
        yield self.read(offset, max(0, end - offset))

    def find(self, search: Search) -> int | None:
        return find_bytes(self.read, len(self._read()), search)

    def follow(self, changed: Callable[[], None]) -> None:
        changed()
        self._closed.wait()

    def close(self) -> None:
        self._closed.set()

    def _read(self) -> bytes:
        return self._published() or b""

    def _published(self) -> bytes | None:
        with self._lock:
            if not self._has_looked:
                with open_clone(self._clone, self._journal) as clone:
                    history = history_called(clone, self._remote.name)
                    self._data = log_in(clone, history.statement, self._run) if history else None
                self._has_looked = True
            return self._data
