"""Brings results home: of a run, the best of several, or each of them as a branch."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gitbatch_tui.core.base.format import plural
from gitbatch_tui.core.base.text import one_line
from gitbatch_tui.core.results.arrival import Way
from gitbatch_tui.core.results.best import best_in, candidates
from gitbatch_tui.core.results.pull import bring, look
from gitbatch_tui.errors import GitBatchError, Refused
from gitbatch_tui.models import Results
from gitbatch_tui.ui.actions.pull import pull_run
from gitbatch_tui.ui.dialogs.choose import Choose
from gitbatch_tui.ui.dialogs.dialog import ask
from gitbatch_tui.ui.dialogs.progress import show_progress
from gitbatch_tui.ui.dialogs.reading import Notice
from gitbatch_tui.ui.present import named, run_title
from gitbatch_tui.ui.sentences import so_far

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gitbatch_tui.core.batch.batch import Batch
    from gitbatch_tui.core.compare.runs import RunTable
    from gitbatch_tui.models import Run
    from gitbatch_tui.ui.app import GitBatchApp
    from gitbatch_tui.ui.dialogs.progress import ProgressDialog
    from gitbatch_tui.ui.state import Selection

_BEST, _BRANCHES, _ONE = "best", "branches", "one"


@dataclass(frozen=True)
class _Best:
    """The best run by one measure."""

    run: Run
    words: str
    """`the least loss, 0.12`."""


async def pull(app: GitBatchApp, selection: Selection) -> None:
    """Pull the results of a run, or some of those of several."""
    if selection.is_several:
        await _pull_several(app, selection)
        return
    (run,) = selection.the_runs()
    if not run.result and run.results is Results.NONE:
        raise Refused(f"{run.name} has no results to pull{so_far(run)}.")
    app.main.runs.unmark(selection.marked)
    await pull_run(app, run)


async def _pull_several(app: GitBatchApp, selection: Selection) -> None:
    """Ask which of these results are wanted, and how."""
    runs = sorted((run for run in selection.the_runs() if run.result), key=lambda run: run.number)
    if not runs:
        raise Refused(f"None of the {len(selection.the_runs())} runs has results to pull.")
    ways = [
        ("the best of them, by a metric", _BEST),
        ("one of them", _ONE),
        (f"each as a branch of its own, such as {runs[0].remote}-{runs[0].number}", _BRANCHES),
    ]
    way = await ask(app, Choose(f"Pull results of {plural(len(runs), 'run')}", ways))
    if way is None:
        return
    app.main.runs.unmark(selection.marked)
    if way == _BEST:
        await take_best(app, runs)
    elif way == _BRANCHES:
        await _make_branches(app, runs)
    elif run := await ask(app, Choose("Pull which", [(run_title(run), run) for run in runs])):
        await pull_run(app, run)


async def best(app: GitBatchApp, selection: Selection) -> None:
    """Take the best of the marked runs, of the selected group, or of the newest sweep."""
    runs = selection.the_runs() if selection.is_several else _newest_sweep(app, selection)
    app.main.runs.unmark(selection.marked)
    await take_best(app, runs)


def _newest_sweep(app: GitBatchApp, selection: Selection) -> Sequence[Run]:
    view = app.live.state.views[selection.any_remote().name]
    number = max((run.sweep for run in view.runs), default=0)
    if not number:
        raise Refused(f"{view.remote.name} has no sweep yet: mark runs, and the best is theirs.")
    return [run for run in view.runs if run.sweep == number]


async def take_best(app: GitBatchApp, runs: Sequence[Run]) -> None:
    """Let a person choose by which metric; then pull that run."""
    if len({run.remote for run in runs}) > 1:
        raise Refused("These runs are of several batch remotes: mark those of one.")
    remote = app.live.state.remote_of(runs[0])
    heading = f"The best of {plural(len(runs), 'run')}"
    with show_progress(app, heading, "Fetching ...", stoppable=False):
        table = await app.session.with_batch(remote, lambda batch: candidates(batch, runs))
    found = [_best_by(table, wish) for name in table.measured() for wish in (name, f"-{name}")]
    if not found:
        files = " or ".join(map(one_line, table.files))
        raise Refused(f"There is no number in {files} of these runs.")
    ways = [(f"{each.words}: {named(each.run)}", each) for each in found]
    count = plural(len(table.rows), "run")
    chosen = await ask(app, Choose(f"The best of {count} that succeeded", ways))
    if chosen:
        await pull_run(app, chosen.run)


def _best_by(table: RunTable, wish: str) -> _Best:
    run, value = best_in(table, wish)
    return _Best(run, f"the {'greatest' if wish.startswith('-') else 'least'} {value}")


async def _make_branches(app: GitBatchApp, runs: Sequence[Run]) -> None:
    """Make a branch of each run's results; what went wrong with one is said, and others go on."""
    lines: list[str] = []
    heading = f"Pull {plural(len(runs), 'run')}"
    with show_progress(app, heading, "Fetching the results ...") as progress:
        for run in runs:
            if progress.stop.asked:
                break
            line = await app.session.with_batch(
                app.live.state.remote_of(run),
                lambda batch, run=run: _branch(batch, run, progress),  # type: ignore[misc]  # bound
            )
            lines.append(line)
    app.live.ask_again()
    await app.open(Notice(f"Results of {plural(len(lines), 'run')}", lines))


def _branch(batch: Batch, run: Run, progress: ProgressDialog) -> str:
    progress.hear(f"Fetching the results of {named(run)} ...")
    try:
        return bring(look(batch, run.number, progress.hear), Way.BRANCH).done
    except GitBatchError as error:
        return f"{named(run)}: {error}"
