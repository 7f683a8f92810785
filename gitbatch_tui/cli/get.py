"""The command that copies files of a run tree."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from gitbatch_tui.cli.names import json_option, run_argument
from gitbatch_tui.cli.opening import opened, reach
from gitbatch_tui.cli.output import note, print_json, say, status
from gitbatch_tui.cli.trouble import if_interrupted
from gitbatch_tui.core.format import size
from gitbatch_tui.core.remote.batch import Batch
from gitbatch_tui.core.results.copying import Got, Progress
from gitbatch_tui.core.results.get import get as copy
from gitbatch_tui.core.runs.listing import resolve
from gitbatch_tui.core.text import one_line

if TYPE_CHECKING:
    from gitbatch_tui.cli.output import Status

_INTERRUPTED = "What came is kept, and the same command goes on there."
INCOMPLETE = 1
"""The exit status where a file was left."""


@click.command()
@run_argument
@click.argument("path")
@click.argument("dest", required=False, type=click.Path(path_type=Path))
@json_option
def get(run: str, path: str, dest: Path | None, *, as_json: bool) -> None:
    """Copy PATH from the run tree of RUN, also what git ignores and what is huge.

    A file becomes DEST, or goes into it where that is a folder. The files of a folder go into
    DEST; without it, into a folder of the same name here. What is here already stays as it is.
    The same command goes on where it was interrupted.

    JSON: copied and there (paths here), left (a list of path and why).
    """
    with opened() as (clone, hosts):
        remote, number = resolve(clone, run)
        batch = Batch(clone, hosts, remote)
        reach(batch.host)
        with status(f"looking for {path}") as line, if_interrupted(_INTERRUPTED):
            got = copy(batch, number, path, dest, Shown(line))
    if as_json:
        print_json(_json(got))
    else:
        _print(got)
    click.get_current_context().exit(INCOMPLETE if got.left else 0)


class Shown(Progress):
    """Progress on the line that says what is being waited for."""

    def __init__(self, line: Status) -> None:
        self._line = line

    def came(self, path: str, done: int, total: int) -> None:
        self._line.doing(f"{path}: {size(done)} of {size(total)}")

    def said(self, sentence: str) -> None:
        self._line.print(sentence)


def _json(got: Got) -> dict[str, object]:
    return {
        "copied": [str(path) for path in got.copied],
        "there": [str(path) for path in got.there],
        "left": [{"path": path, "why": why} for path, why in got.left.items()],
    }


def _print(got: Got) -> None:
    for path in got.copied:
        say(one_line(str(path)))
    if got.there:
        count = len(got.there)
        what = "1 file is" if count == 1 else f"{count} files are"
        note(f"{what} here already, with the same content.")
    for name, why in got.left.items():
        note(f"left {one_line(name)}: {one_line(why)}")
