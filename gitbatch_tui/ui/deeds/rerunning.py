"""Runs the commit of a run again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import work

from gitbatch_tui.ui.deeds.starting import Starting
from gitbatch_tui.ui.messages import Begun
from gitbatch_tui.ui.requests import RerunRequested

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gitbatch_tui.models import BatchRemote, Run
    from gitbatch_tui.ui.dialogs.progress import Progress


class Rerunning(Starting):
    """Asks for parameters first; then the server does it, whether somebody looks or not."""

    def on_rerun_requested(self, request: RerunRequested) -> None:
        from gitbatch_tui.ui.dialogs.rerun import RerunDialog  # noqa: PLC0415  # seldom needed

        run = request.run
        with self.troubleshooting():
            remote = self.remote_of(run)

            def decided(options: tuple[str, ...] | None) -> None:
                if options is not None:
                    progress, _ = self.open_progress(
                        f"Run {run.name} again",
                        "Scheduling ...",
                        stoppable=False,
                        goes_on=f"{remote.name} goes on with it: the run appears in the list.",
                    )
                    self._rerun(progress, remote, run, options)

            self.push_screen(RerunDialog(run), decided)

    @work(thread=True, exit_on_error=False, group="rerun")
    def _rerun(
        self, progress: Progress, remote: BatchRemote, run: Run, options: Sequence[str]
    ) -> None:
        from gitbatch_tui.core.submit.push import SERVER  # noqa: PLC0415  # seldom needed

        with self.closing(progress, RerunRequested(run)):
            heard = self.hear(progress)
            receipt = self.server(remote).rerun(
                run.number, options, lambda line: heard(f"{SERVER}{line}")
            )
            self.begun(progress, Begun(remote, receipt))
