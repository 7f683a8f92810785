"""Sets marked runs side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import work

from gitbatch_tui.ui.deeds.starting import Starting
from gitbatch_tui.ui.messages import LinedUp
from gitbatch_tui.ui.requests import LineupRequested

if TYPE_CHECKING:
    from gitbatch_tui.models import BatchRemote, Run
    from gitbatch_tui.ui.dialogs.progress import Progress


class LiningUp(Starting):
    """Results that aren't here are fetched for what they measured; no branch moves for it."""

    def on_lineup_requested(self, request: LineupRequested) -> None:
        with self.troubleshooting():
            sides = [(self.remote_of(run), run) for run in request.runs]
            progress, _ = self.open_progress("Compare", "Fetching ...", stoppable=False)
            self._line_up(progress, sides)

    @work(thread=True, exit_on_error=False, group="lineup", exclusive=True)
    def _line_up(self, progress: Progress, sides: list[tuple[BatchRemote, Run]]) -> None:
        from gitbatch_tui.core.batch.batch import Batch  # noqa: PLC0415  # it imports GitPython
        from gitbatch_tui.core.compare.runs import line_up  # noqa: PLC0415

        again = LineupRequested(tuple(run for _, run in sides))
        with self.closing(progress, again), self.clone() as clone:
            lineup = line_up([(Batch(clone, self.hosts, remote), run) for remote, run in sides])
            self.call_from_thread(progress.close)
        self.post_message(LinedUp(lineup))

    def on_lined_up(self, fact: LinedUp) -> None:
        from gitbatch_tui.ui.dialogs.lineup import LineupDialog  # noqa: PLC0415  # seldom needed

        self.push_screen(LineupDialog(fact.lineup))
