"""The command that prints and follows logs."""

from __future__ import annotations

import codecs
import io
import re
import sys
import threading
from contextlib import contextmanager, nullcontext, suppress
from typing import TYPE_CHECKING

import click

from gitbatch_tui.cli.names import any_run_argument
from gitbatch_tui.cli.opening import opened, reach
from gitbatch_tui.cli.output import note
from gitbatch_tui.cli.started import say_what_is_left
from gitbatch_tui.cli.trouble import if_interrupted
from gitbatch_tui.core.base.text import clean, one_line
from gitbatch_tui.core.jobs.clarify import clarify, needs_asking
from gitbatch_tui.core.logs.follow import follow as follow_file
from gitbatch_tui.core.logs.timeline import has_timeline, retell_all
from gitbatch_tui.core.runs.find import resolve
from gitbatch_tui.core.runs.outcome import outcome
from gitbatch_tui.core.runs.published import history_called, unpublished
from gitbatch_tui.core.runs.statement import log_in
from gitbatch_tui.core.runs.wait import wait
from gitbatch_tui.core.server.client import server_of
from gitbatch_tui.errors import GitBatchError, UnknownName
from gitbatch_tui.models import State

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from gitbatch_tui.core.git.repo import Clone
    from gitbatch_tui.core.server.client import Server
    from gitbatch_tui.models import BatchRemote, LiveRun

_FILES = {"log": "log", "schedule": "schedule"}
_ALIKE = {"stdout": "output", "stderr": "output"}
"""Where the scheduler has none of its own, the wrapper has written both into one."""
_OF_A_RUN = re.compile(r"(?:log|output)\.([0-9]+)")


@click.command()
@any_run_argument
@click.option("-f", "--follow", is_flag=True, help="Go on until the run is over.")
@click.option("--which", metavar="NAME", default="log", help="Another file; see above.")
def log(run: str, *, follow: bool, which: str) -> None:
    """Print what the job of RUN printed, both its stdout and its stderr.

    Of several jobs that have ended, it is the log of the first that failed. NAME is `schedule` for
    what schedule.sh printed, `output.11_3` for one of several jobs or tasks, `stdout` or `stderr`
    for the scheduler's own files, `events` for HTCondor's event log as a timeline, a name that
    `"$GITBATCH" log-file NAME PATH` has declared, or the path of any file in the run tree.

    Following survives lost connections: each byte is printed once. A pipe or a file gets the
    bytes as they are; in a terminal, what could steer it is made visible.
    """
    left = "You follow it no longer; the run isn't touched." if follow else "The run isn't touched."
    with if_interrupted(left), opened() as (clone, hosts):
        remote, number = resolve(clone, run)
        if remote.published:
            _print_published(clone, remote, number, which)
            return
        server = server_of(hosts, remote)
        reach(server.host)
        name, file = f"{remote.name}#{number}", file_of(server, number, which)
        with _asking_meanwhile(server, number, name) if follow else nullcontext():
            printed = _print(_chunks(server, number, file, follow=follow))
        if not printed and not follow:
            clarify(server, server.status(number))
            printed = _print(_chunks(server, number, file, follow=False))
        if not printed:
            _check_there(server, number, name, which, file)
            note(_why_nothing(server, number, name, which))


def _print_published(clone: Clone, remote: BatchRemote, number: int, which: str) -> None:
    """Print the log that was published with a run; raises `OnlyPublished` where there is none."""
    history = history_called(clone, remote.name)
    printed = log_in(clone, history.statement, number) if history and which == "log" else None
    if printed is None:
        what = "Logs" if which == "log" else f"Files such as {one_line(which)}"
        raise unpublished(remote, f"{what} of {remote.name}#{number}")
    if not _print([printed]):
        note(f"There is nothing in log of {remote.name}#{number}.")


def file_of(server: Server, number: int, which: str) -> str:
    """The server's name of the file that a person names."""
    if which in _FILES:
        return _FILES[which]
    numbered = _OF_A_RUN.fullmatch(which)
    if which.startswith("tree:") or (numbered and which.startswith("log.")):
        return which
    pages = {page.name: page.file for page in server.files.pages(number)}
    if which not in pages and numbered:
        return f"log.{numbered[1]}"
    return (
        pages.get(which) or pages.get(_ALIKE.get(which, "")) or f"tree:{which.removeprefix('./')}"
    )


def _chunks(server: Server, number: int, file: str, *, follow: bool) -> Iterable[bytes]:
    """The bytes of a file as they come; an event log's are told anew."""
    chunks = follow_file(server, number, file, 0, note) if follow else _whole(server, number, file)
    if not has_timeline(file):
        return chunks
    from gitbatch_tui.core.logs.run_files import clusters_of  # noqa: PLC0415  # few logs are events

    return retell_all(chunks, clusters_of(server, number))


def _whole(server: Server, number: int, file: str) -> Iterator[bytes]:
    with server.files.stream(number, file) as stream:
        yield from stream
    if failure := server.failure_of(stream):
        raise failure


def _print(chunks: Iterable[bytes]) -> bool:
    """Print bytes as they come; whether there were any."""
    readable = _readable if sys.stdout.isatty() else iter
    printed = False
    for chunk in readable(chunks):
        sys.stdout.buffer.write(chunk)
        sys.stdout.buffer.flush()
        printed = printed or bool(chunk)
    return printed


def _readable(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Text that does nothing to a terminal; each redrawing of a progress bar is a line."""
    text = codecs.getincrementaldecoder("utf-8")("surrogateescape")
    lines = io.IncrementalNewlineDecoder(text, translate=True)
    for chunk in chunks:
        yield clean(lines.decode(chunk)).encode()
    yield clean(lines.decode(b"", final=True)).encode()


@contextmanager
def _asking_meanwhile(server: Server, number: int, name: str) -> Iterator[None]:
    """Have the schedulers asked of a run while its log is followed.

    Of a job without our wrapper they alone know where it prints, and that it has ended.
    """
    live, over = server.live(number), threading.Event()
    _say_what_is_awaited(name, live)
    if needs_asking(live):
        threading.Thread(target=_ask, args=(server, number, name, over), daemon=True).start()
    try:
        yield
    finally:
        over.set()


def _ask(server: Server, number: int, name: str, over: threading.Event) -> None:
    """Wait for a run's end; say so where it can have none."""
    with suppress(GitBatchError):
        live = wait(server, number, ended=over)
        if not live.is_home and not over.is_set():
            note(f"{name}: {outcome(live)}.")
            say_what_is_left(name, live)


def _say_what_is_awaited(name: str, live: LiveRun) -> None:
    """Say why there may be nothing to read for a while."""
    if live.state in {State.SUBMITTED, State.QUEUED} and not live.stuck:
        note(f"{name} {live.state.phrase}{_why(live)}; its log is printed when there is one.")


def _check_there(server: Server, number: int, name: str, which: str, file: str) -> None:
    """Raise `UnknownName` for a file of the run tree that isn't there."""
    if which in _ALIKE or not file.startswith("tree:") or server.files.stat(number, file).inode:
        return
    pages = (
        page.name for page in server.files.pages(number) if page.name not in {"output", "schedule"}
    )
    names = ", ".join(("log", "schedule", *map(one_line, dict.fromkeys(pages))))
    raise UnknownName(
        f"{name} has no {one_line(which)}; known: {names}; or write the path of a file in its "
        "run tree."
    )


def _why_nothing(server: Server, number: int, name: str, which: str) -> str:
    """Say why there is nothing to read, as far as that is known."""
    live = server.live(number)
    return f"There is nothing in {which} of {name}, which {live.state.phrase}{_why(live)}."


def _why(live: LiveRun) -> str:
    return f" ({live.reason})" if live.reason else ""
