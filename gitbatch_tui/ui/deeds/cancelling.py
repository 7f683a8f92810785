"""Stops runs, after a person has agreed."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from textual import work

from gitbatch_tui.errors import GitBatchError
from gitbatch_tui.models import State
from gitbatch_tui.ui.deeds.acting import Acting
from gitbatch_tui.ui.messages import Cancelled

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gitbatch_tui.models import BatchRemote, Run
    from gitbatch_tui.ui.requests import CancelRequested


class Cancelling(Acting):
    """Acts on the runs that were asked about, wherever the cursor is by then."""

    def on_cancel_requested(self, request: CancelRequested) -> None:
        with self.troubleshooting():
            runs = sorted(request.runs, key=_place)
            by_remote = [(self.remote_of(group[0]), group) for group in _grouped(runs)]
            self._ask_to_cancel(request.runs, by_remote)

    def _ask_to_cancel(
        self, runs: Sequence[Run], by_remote: Sequence[tuple[BatchRemote, Sequence[Run]]]
    ) -> None:
        from gitbatch_tui.ui.dialogs.confirm import Confirm  # noqa: PLC0415  # seldom needed
        from gitbatch_tui.ui.sentences import about_cancelling  # noqa: PLC0415  # seldom needed

        def decided(agreed: bool | None) -> None:  # noqa: FBT001  # what a dialog gives back
            for remote, group in by_remote if agreed else ():
                self._cancel(remote, group)

        self.push_screen(Confirm(about_cancelling(runs, self.now_for(runs[0].remote))), decided)

    @work(thread=True, exit_on_error=False, group="cancel")
    def _cancel(self, remote: BatchRemote, runs: Sequence[Run]) -> None:
        from gitbatch_tui.core.jobs.control import cancel  # noqa: PLC0415  # seldom needed

        server = self.server(remote)
        for run in runs:
            try:
                done = cancel(server, run.number)
            except GitBatchError as error:
                self.post_message(Cancelled(run, "", trouble=error))
            else:
                self.post_message(Cancelled(run, done.words, done.trouble))

    def on_cancelled(self, fact: Cancelled) -> None:
        run = fact.run
        if fact.trouble:
            self.show_trouble(fact.trouble)
        elif fact.left:
            done = f"{fact.done}; " if fact.done else ""
            self.tell(f"{run.name}: {done}{fact.left}.", severity="warning")
        else:
            self.tell(f"{run.name} is cancelled{f': {fact.done}' if fact.done else ''}.")


def _grouped(runs: Sequence[Run]) -> list[list[Run]]:
    return [list(group) for _, group in groupby(runs, lambda run: run.remote)]


def _place(run: Run) -> tuple[str, bool, int]:
    # A run that waits would begin as soon as one that runs is gone.
    return run.remote, run.state is State.RUNNING, run.number
