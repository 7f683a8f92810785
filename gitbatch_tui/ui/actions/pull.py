"""Brings results home, and asks how where they don't simply follow the branch."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from gitbatch_tui.core.diffs.files import Comparison
from gitbatch_tui.core.results.pull import bring, look
from gitbatch_tui.core.results.stayed import what_stayed
from gitbatch_tui.core.submit.push import SERVER
from gitbatch_tui.ui.dialogs.choose import Choose
from gitbatch_tui.ui.dialogs.dialog import ask
from gitbatch_tui.ui.dialogs.progress import show_progress
from gitbatch_tui.ui.dialogs.reading import Notice
from gitbatch_tui.ui.present import named
from gitbatch_tui.ui.sentences import about_arrival, ways_home, what_arrived, what_was_left

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gitbatch_tui.core.batch.batch import Batch
    from gitbatch_tui.core.git.repo import Clone
    from gitbatch_tui.core.results.arrival import Arrival, Way
    from gitbatch_tui.models import Run
    from gitbatch_tui.ui.app import GitBatchApp
    from gitbatch_tui.ui.dialogs.progress import ProgressDialog


@dataclass(frozen=True)
class Pulled:
    """A run's results are in the clone."""

    done: str
    """What was done, in sentences."""
    changed: tuple[str, ...]
    """The names of the files that the run changed."""
    left: Mapping[str, str] = field(default_factory=dict)
    """Files that were left as they are here, and why."""


async def pull_run(app: GitBatchApp, run: Run) -> None:
    """Fetch, which can be watched and stopped; then take commits or files."""
    remote = app.live.state.remote_of(run)
    with show_progress(app, f"Pull {named(run)}", "Fetching the results ...") as progress:
        got = await app.session.with_batch(remote, lambda batch: _fetch(batch, run, progress))
    if not isinstance(got, Pulled):
        arrival = got
        way = await ask(
            app, Choose(f"Pull {named(run)}", ways_home(arrival), about_arrival(arrival))
        )
        if way is None:
            app.tell(f"Nothing was changed: the results of {run.name} can be pulled at any time.")
            return
        got = await app.session.with_batch(remote, lambda batch: _take(batch, arrival, way))
    app.live.ask_again(remote)
    title = f"{named(run)} is here" if got.changed and not got.left else named(run)
    if got.left:
        await app.open(Notice(title, [got.done, *what_was_left(got.left)]))
    else:
        app.tell("\n".join([got.done, *what_arrived(got.changed)]), title)


def _fetch(batch: Batch, run: Run, progress: ProgressDialog) -> Arrival | Pulled:
    # What the server counts while it packs is progress like git's own.
    stoppable = replace(batch, stop=progress.stop)
    arrival = look(stoppable, run.number, lambda line: progress.hear(line.removeprefix(SERVER)))
    if arrival.needs_choice:
        return arrival
    return _pulled(batch.clone, arrival, bring(arrival).done)


def _take(batch: Batch, arrival: Arrival, way: Way) -> Pulled:
    done = bring(replace(arrival, batch=batch), way)
    return _pulled(batch.clone, arrival, done.done, done.files.left if done.files else {})


def _pulled(
    clone: Clone, arrival: Arrival, done: str, left: Mapping[str, str] | None = None
) -> Pulled:
    run = arrival.run
    changes = Comparison(clone, run.commit, run.result).files() if run.result else ()
    said = "\n".join([done, *what_stayed(clone, run)])
    return Pulled(said, tuple(change.name for change in changes), left or {})
