"""Shows the files of a run, and copies those that a person asks for."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from gitbatch_tui.core.base.format import plural, size
from gitbatch_tui.core.base.text import one_line
from gitbatch_tui.core.browse.copying import copy_committed
from gitbatch_tui.core.browse.trees import open_tree
from gitbatch_tui.core.git.opening import open_clone
from gitbatch_tui.core.results.download import DownloadProgress
from gitbatch_tui.core.results.get import get, place_of
from gitbatch_tui.ui.dialogs.progress import show_progress
from gitbatch_tui.ui.dialogs.reading import Notice
from gitbatch_tui.ui.screens.files import FilesScreen
from gitbatch_tui.ui.sentences import what_was_left

if TYPE_CHECKING:
    from pathlib import Path

    from gitbatch_tui.core.batch.batch import Batch
    from gitbatch_tui.core.results.download import DownloadResult
    from gitbatch_tui.models import Run
    from gitbatch_tui.ui.app import GitBatchApp
    from gitbatch_tui.ui.dialogs.progress import ProgressDialog
    from gitbatch_tui.ui.state import Selection


async def files(app: GitBatchApp, selection: Selection) -> None:
    """Show the files of the selected run, live while it goes on."""
    run = selection.the_run()
    remote = app.live.state.remote_of(run)
    clone = open_clone(app.session.path, app.session.record)

    def goes_on() -> bool:
        known = app.live.state.find(run.remote, run.number)
        return known is not None and not known.state.final

    screen = FilesScreen(
        f"Files of {run.name}",
        partial(open_tree, app.session.batch(clone, remote), run),
        goes_on,
        lambda path: app.act("get", run, path),
    )
    app.push_screen(screen, lambda _: clone.close())


async def bring(app: GitBatchApp, run: Run, path: str) -> None:
    """Copy a file or a folder of a run into the folder of the run, here."""
    remote = app.live.state.remote_of(run)
    with show_progress(app, f"Get {one_line(path)}", "Asking for its size ...") as progress:
        got = await app.session.with_batch(remote, lambda batch: _get(batch, run, path, progress))
    summary = _summary(got, app.session.path / place_of(run.number) / path)
    if got.left:
        await app.open(Notice(summary, [*what_was_left(got.left)]))
    else:
        app.tell(summary, f"{run.name} {path}")


def _get(batch: Batch, run: Run, path: str, progress: ProgressDialog) -> DownloadResult:
    """Copy it from where it is shown: the run tree, or where that is gone, the commit."""
    stoppable = replace(batch, stop=progress.stop)
    dest = batch.clone.path / place_of(run.number) / path
    tree = open_tree(stoppable, run)
    if tree.commit:
        return copy_committed(stoppable, run, tree, path, dest, progress=DialogProgress(progress))
    return get(stoppable, run.number, path, dest, DialogProgress(progress))


class DialogProgress(DownloadProgress):
    """Progress in a dialog."""

    def __init__(self, dialog: ProgressDialog) -> None:
        self._dialog = dialog

    def came(self, path: str, done: int, total: int) -> None:
        self._dialog.hear(f"{one_line(path)}: {size(done)} of {size(total)}")

    def said(self, sentence: str) -> None:
        self._dialog.tell(sentence)


def _summary(got: DownloadResult, where: Path) -> str:
    copied, there = len(got.copied), len(got.there)
    words = [f"{plural(copied, 'file')} copied"] if copied or not there else []
    words += [f"{plural(there, 'file')} here already"] if there else []
    return f"{', '.join(words)}: {one_line(str(where))}"
