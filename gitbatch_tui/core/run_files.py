"""The files of a run that a person may want to read, wherever they are."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from gitbatch_tui.core.distant import DistantFile
from gitbatch_tui.core.source import LogFile

if TYPE_CHECKING:
    from collections.abc import Callable

    from gitbatch_tui.core.server import Server
    from gitbatch_tui.core.source import Source

OUTPUT, SCHEDULE = "log", "schedule"


class RunFile(NamedTuple):
    """One of them; nothing is read before it is opened."""

    name: str
    """For people."""
    open: Callable[[], Source]


def files_of(server: Server, run: int, others: tuple[str, ...] = ()) -> tuple[RunFile, ...]:
    """What the job printed, what schedule.sh printed, and the others: `log.2`, `tree:PATH`."""
    named = (("output", OUTPUT), ("schedule.sh", SCHEDULE))
    more = ((file.removeprefix("tree:"), file) for file in others)
    return tuple(_run_file(server, run, name, file) for name, file in (*named, *more))


def open_file(server: Server, run: int, file: str = OUTPUT) -> Source:
    """A file of a run: on this machine read as it is, elsewhere through the server."""
    if server.host.name != "local":
        return DistantFile(server, run, file)
    folder = Path(server.base).expanduser() / "runs" / str(run)
    return LogFile(folder / _place(file))


def _place(file: str) -> str:
    if file.startswith("tree:"):
        return f"tree/{file.removeprefix('tree:')}"
    return "schedule.log" if file == SCHEDULE else file


def _run_file(server: Server, run: int, name: str, file: str) -> RunFile:
    return RunFile(name, lambda: open_file(server, run, file))
