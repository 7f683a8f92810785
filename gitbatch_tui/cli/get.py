"""The command that copies files of a run tree."""

from __future__ import annotations

import re
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import click

from gitbatch_tui.cli.names import completing, json_option, runs
from gitbatch_tui.cli.opening import opened, reach_batch
from gitbatch_tui.cli.output import note, print_json, say, status
from gitbatch_tui.cli.trouble import if_interrupted
from gitbatch_tui.core.base.format import size
from gitbatch_tui.core.base.text import one_line
from gitbatch_tui.core.batch.batch import Batch
from gitbatch_tui.core.git.opening import open_clone
from gitbatch_tui.core.hosts.pool import Hosts
from gitbatch_tui.core.results.download import DownloadProgress, DownloadResult
from gitbatch_tui.core.results.get import check_tree, files_in, place_of, what_else
from gitbatch_tui.core.results.get import get as copy
from gitbatch_tui.core.runs.find import resolve
from gitbatch_tui.core.server.client import server_of
from gitbatch_tui.core.server.file_answers import EntryKind
from gitbatch_tui.errors import GitBatchError, Refused

if TYPE_CHECKING:
    from gitbatch_tui.cli.output import Status
    from gitbatch_tui.core.server.file_answers import Entry

_INTERRUPTED = "What came is kept, and the same command goes on there."
_RUN = re.compile(r"[^/]*#[1-9][0-9]*")
INCOMPLETE = 1
"""The exit status where a file was left."""

SOON = 2.0
"""Seconds in which a server has to answer where a person waits for a completion."""


def completing_paths(ctx: click.Context, _: click.Parameter, incomplete: str) -> list[str]:
    """Complete a path of the run tree of the run before it, by asking its server; or nothing."""
    return _paths(ctx, ctx.params.get("run") or "", incomplete)


def completing_words(ctx: click.Context, parameter: click.Parameter, incomplete: str) -> list[str]:
    """Complete runs, and after the first one a path of its run tree."""
    given = ctx.params.get("words") or ()
    if not given:
        return completing(runs)(ctx, parameter, incomplete)
    others = completing(runs)(ctx, parameter, incomplete) if _RUN.fullmatch(given[-1]) else []
    return [*_paths(ctx, given[0], incomplete), *(name for name in others if "#" in name)]


def _paths(ctx: click.Context, run: str, incomplete: str) -> list[str]:
    folder = incomplete.rpartition("/")[0]
    directory = Path(ctx.find_root().params.get("directory") or ".")
    with suppress(GitBatchError), open_clone(directory) as clone:
        remote, number = resolve(clone, run)
        server = server_of(Hosts(), remote)
        page = server.files.folder(number, folder, most=1000, timeout=SOON)
        return [path for path in map(_offered, page.entries if page else ())
                if path.startswith(incomplete) and path == one_line(path)]  # fmt: skip
    return []


def _offered(entry: Entry) -> str:
    return f"{entry.path}/" if entry.kind is EntryKind.FOLDER else entry.path


@click.command()
@click.argument(
    "words",
    metavar="RUN... [PATH [DEST]]",
    nargs=-1,
    required=True,
    shell_complete=completing_words,
)
@json_option
def get(words: tuple[str, ...], *, as_json: bool) -> None:
    """Copy PATH from the run tree of RUN, also files that git ignores, of any size.

    Without PATH, the files are listed. A file is copied to DEST, or into DEST if that is a folder.
    The files of a folder are copied into DEST, or into a folder of the same name here. With several
    runs (REMOTE#NUMBER), each gets a folder: run-7, or batch-7 and other-7 of two remotes. Files
    that are here already stay as they are. After an interruption, the same command continues.

    JSON: copied and there (paths here), left (a list of path and why); without PATH, a list of
    run, path and size (bytes; null where it isn't known).
    """
    names, path, dest = _sorted_out(words)
    with opened() as (clone, hosts):
        chosen = [resolve(clone, name) for name in names]
        batches = [(Batch(clone, hosts, remote), number) for remote, number in chosen]
        for batch, number in batches:
            reach_batch(batch)
            check_tree(batch, number)
        if path is None:
            _list(batches, as_json=as_json)
            return
        got = DownloadResult()
        with status(f"looking for {path}") as line, if_interrupted(_INTERRUPTED):
            for batch, number in batches:
                place = _place(dest, batches, batch, number) if len(batches) > 1 else dest
                got.add(copy(batch, number, path, place, DownloadLine(line)))
    if as_json:
        print_json(_json(got))
    else:
        _print(got)
    click.get_current_context().exit(INCOMPLETE if got.left else 0)


def _sorted_out(words: tuple[str, ...]) -> tuple[list[str], str | None, Path | None]:
    """The runs, the path and the destination: the first word is a run, and so are REMOTE#NUMBERs.

    A path that looks like one is written `./batch#7`.
    """
    count = 1
    while count < len(words) and _RUN.fullmatch(words[count]):
        count += 1
    names, rest = [*words[:count]], words[count:]
    if len(rest) > 2:  # noqa: PLR2004  # PATH and DEST
        raise click.UsageError(f"{one_line(rest[2])} is one word too many.")
    return names, rest[0] if rest else None, Path(rest[1]) if rest[1:] else None


def _place(dest: Path | None, batches: list[tuple[Batch, int]], batch: Batch, number: int) -> Path:
    """The folder of one of several runs; two remotes may have a run of one number."""
    names = {each.remote.name for each, same in batches if same == number}
    own = place_of(number) if len(names) == 1 else f"{batch.remote.name}-{number}"
    place = (dest or Path()) / own
    try:
        place.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise Refused(f"{one_line(str(place))} can't be made: {error.strerror}.") from error
    return place


def _list(batches: list[tuple[Batch, int]], *, as_json: bool) -> None:
    found = [
        (f"{batch.remote.name}#{number}", name, length)
        for batch, number in batches
        for length, name in files_in(batch, number)
    ]
    for words in (what_else(batch, number) for batch, number in batches):
        if words:
            note(words)
    if as_json:
        print_json(
            [
                {"run": run, "path": name, "size": size_or_null(length)}
                for run, name, length in found
            ]
        )
        return
    for run, name, length in found:
        shown = f"{run}  " if len(batches) > 1 else ""
        say(f"{shown}{size_words(length):>12}  {one_line(name)}")


def size_words(length: int) -> str:
    """The size of a file in words; that of a name with a line end isn't known."""
    return size(length) if length >= 0 else "?"


def size_or_null(length: int) -> int | None:
    """The size of a file for programs, to whom null is what isn't known."""
    return length if length >= 0 else None


class DownloadLine(DownloadProgress):
    """Progress on the line that says what is being waited for."""

    def __init__(self, line: Status) -> None:
        self._line = line

    def came(self, path: str, done: int, total: int) -> None:
        self._line.doing(f"{path}: {size(done)} of {size(total)}")

    def said(self, sentence: str) -> None:
        note(sentence)


def _json(got: DownloadResult) -> dict[str, object]:
    return {
        "copied": [str(path) for path in got.copied],
        "there": [str(path) for path in got.there],
        "left": [{"path": path, "why": why} for path, why in got.left.items()],
    }


def _print(got: DownloadResult) -> None:
    for path in got.copied:
        say(one_line(str(path)))
    if got.there:
        count = len(got.there)
        what = "1 file is" if count == 1 else f"{count} files are"
        note(f"{what} here already, with the same content.")
    for name, why in got.left.items():
        note(f"left {one_line(name)}: {one_line(why)}")
