"""Shows a run's log: its end in the pane of the main screen, all of it full screen."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from gitbatch_tui.core.logs.run_files import PublishedLog, RunFile, files_of, further_files
from gitbatch_tui.models import State
from gitbatch_tui.ui.screens.log import LogScreen

if TYPE_CHECKING:
    from collections.abc import Callable

    from gitbatch_tui.models import Run
    from gitbatch_tui.ui.app import GitBatchApp
    from gitbatch_tui.ui.state import Selection


async def show_log(app: GitBatchApp, selection: Selection) -> None:
    """Open the log of the selected run, and its other files behind it."""
    run = selection.the_run()
    further = _further(app, run)
    app.open_log = LogScreen(run, _files(app, run), further, app.session.record)
    await app.push_screen_wait(app.open_log)
    app.open_log = None


async def show_end_of_log(app: GitBatchApp, run: Run) -> None:
    """Open the log in the pane of the main screen."""
    file = _files(app, run)[0]
    if app.main.log_pane:
        app.main.log_pane.look_at(run, file.open(), file.name)


def _further(app: GitBatchApp, run: Run) -> Callable[[], tuple[RunFile, ...]]:
    """The question for further files; a run that was published has none."""
    remote = app.live.state.remote_of(run)
    if remote.published:
        return tuple
    return partial(further_files, app.session.server(remote), run.number)


def _files(app: GitBatchApp, run: Run) -> tuple[RunFile, ...]:
    """The files of a run, the one that says most first."""
    remote = app.live.state.remote_of(run)
    if remote.published:
        session = app.session
        log = partial(PublishedLog, session.path, remote, run.number, session.record)
        return (RunFile("output", log),)
    server = app.session.server(remote)
    output, schedule, *others = files_of(server, run.number)
    if run.state is State.REJECTED:
        return (schedule, output, *others)
    return (output, schedule, *others)
