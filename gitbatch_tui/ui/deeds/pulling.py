"""Brings results home, and asks how where they don't simply follow the branch."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from textual import work

from gitbatch_tui.ui.deeds.starting import Starting
from gitbatch_tui.ui.messages import Arrived, Pulled
from gitbatch_tui.ui.requests import PullRequested, RefreshRequested

if TYPE_CHECKING:
    from gitbatch_tui.core.base.cancellation import Cancellation
    from gitbatch_tui.core.git.repo import Clone
    from gitbatch_tui.core.results.arrival import Arrival, Way
    from gitbatch_tui.models import BatchRemote, Run
    from gitbatch_tui.ui.dialogs.progress import Progress


class Pulling(Starting):
    """First a fetch, that can be watched and stopped; then commits or files."""

    def on_pull_requested(self, request: PullRequested) -> None:
        self.pull(request.run)

    def pull(self, run: Run) -> None:
        """Bring a run's results home."""
        with self.troubleshooting():
            remote = self.remote_of(run)
            progress, stop = self.open_progress(f"Pull {run.name}", "Fetching the results ...")
            self._fetch(progress, remote, run, stop)

    @work(thread=True, exit_on_error=False, group="pull")
    def _fetch(self, progress: Progress, remote: BatchRemote, run: Run, stop: Cancellation) -> None:
        from gitbatch_tui.core.results.pull import bring, look  # noqa: PLC0415  # it imports GitPython

        with self.closing(progress, PullRequested(run)), self.batch(remote) as batch:
            stoppable = replace(batch, stop=stop)
            heard = self.hear(progress)
            arrival = look(stoppable, run.number, lambda line: heard(_as_said(line)))
            if arrival.needs_choice:
                fact: Arrived | Pulled = Arrived(remote, arrival)
            else:
                fact = _pulled(remote, arrival, bring(arrival).done, batch.clone)
            self.call_from_thread(progress.close)
            self.post_message(fact)

    def on_arrived(self, fact: Arrived) -> None:
        from gitbatch_tui.ui.dialogs.choose import Choose  # noqa: PLC0415  # seldom needed
        from gitbatch_tui.ui.sentences import about_arrival, ways_home  # noqa: PLC0415

        arrival = fact.arrival

        def decided(way: Way | None) -> None:
            if way is None:
                self.tell(f"Nothing was changed: the results of {arrival.run.name} can be pulled "
                          "at any time.")  # fmt: skip
            else:
                self._bring(fact.remote, arrival, way)

        heading = f"Pull {arrival.run.name}"
        self.push_screen(Choose(heading, ways_home(arrival), about_arrival(arrival)), decided)

    @work(thread=True, exit_on_error=False, group="pull")
    def _bring(self, remote: BatchRemote, arrival: Arrival, way: Way) -> None:
        from gitbatch_tui.core.results.pull import bring  # noqa: PLC0415  # it imports GitPython

        with self.batch(remote) as batch:
            done = bring(replace(arrival, batch=batch), way)
            left = done.files.left if done.files else {}
            self.post_message(_pulled(remote, arrival, done.done, batch.clone, left))

    def on_pulled(self, fact: Pulled) -> None:
        from gitbatch_tui.ui.sentences import what_arrived, what_was_left  # noqa: PLC0415

        self.on_refresh_requested(RefreshRequested((fact.remote,)))
        title = f"{fact.run.name} is here" if fact.changed else fact.run.name
        if fact.left:
            from gitbatch_tui.ui.dialogs.notice import Notice  # noqa: PLC0415  # seldom needed

            self.push_screen(Notice(title, [fact.done, *what_was_left(fact.left)]))
        else:
            self.tell("\n".join([fact.done, *what_arrived(fact.changed)]), title)


def _as_said(line: str) -> str:
    # What the server counts while it packs is progress like git's own.
    from gitbatch_tui.core.submit.push import SERVER  # noqa: PLC0415  # seldom needed

    return line.removeprefix(SERVER)


def _pulled(
    remote: BatchRemote,
    arrival: Arrival,
    done: str,
    clone: Clone,
    left: dict[str, str] | None = None,
) -> Pulled:
    from gitbatch_tui.core.diffs.files import Comparison  # noqa: PLC0415  # like pull
    from gitbatch_tui.core.results.stayed import what_stayed  # noqa: PLC0415  # like pull

    run = arrival.run
    changes = Comparison(clone, run.commit, run.result).files() if run.result else ()
    said = "\n".join([done, *what_stayed(clone, run)])
    return Pulled(remote, run, said, tuple(change.name for change in changes), left or {})
