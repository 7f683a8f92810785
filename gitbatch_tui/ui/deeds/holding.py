"""Holds runs that wait, and releases those that are held."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import work

from gitbatch_tui.errors import GitBatchError
from gitbatch_tui.ui.deeds.acting import Acting
from gitbatch_tui.ui.messages import Held
from gitbatch_tui.ui.requests import RefreshRequested

if TYPE_CHECKING:
    from gitbatch_tui.models import BatchRemote, Run
    from gitbatch_tui.ui.requests import HoldRequested


class Holding(Acting):
    """One key for both: what is held is released."""

    def on_hold_requested(self, request: HoldRequested) -> None:
        with self.troubleshooting():
            for run in request.runs:
                self._toggle(self.remote_of(run), run)

    @work(thread=True, exit_on_error=False, group="hold")
    def _toggle(self, remote: BatchRemote, run: Run) -> None:
        from gitbatch_tui.core.jobs.control import toggle_hold  # noqa: PLC0415  # seldom needed

        try:
            self.post_message(Held(run, toggle_hold(self.server(remote), run.number)))
        except GitBatchError as error:
            self.post_message(Held(run, "", error))

    def on_held(self, fact: Held) -> None:
        if fact.trouble:
            self.show_trouble(fact.trouble)
        else:
            self.tell(f"{fact.run.name} is {fact.done}.")
            self.on_refresh_requested(RefreshRequested((self.remote_of(fact.run),)))
