"""Lets the doctor check a batch remote, line by line, with a real run there and back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import work

from gitbatch_tui.ui.deeds.starting import Starting
from gitbatch_tui.ui.requests import DoctorRequested

if TYPE_CHECKING:
    from gitbatch_tui.models import BatchRemote
    from gitbatch_tui.ui.dialogs.progress import Progress


class Examining(Starting):
    """What it finds stays on the screen until it is closed."""

    def on_doctor_requested(self, request: DoctorRequested) -> None:
        remote = request.remote
        progress, _ = self.open_progress(
            f"Doctor of {remote.name}", "Examining ...", stoppable=False
        )
        self._examine(progress, remote)

    @work(thread=True, exit_on_error=False, group="doctor")
    def _examine(self, progress: Progress, remote: BatchRemote) -> None:
        with self.closing(progress, DoctorRequested(remote)):
            self.server(remote).host.run(":", timeout=30)
            self.examine(progress, remote)

    def examine(self, progress: Progress, remote: BatchRemote) -> None:
        """For a worker: show every check as soon as it is done, and what they come to."""
        from gitbatch_tui.core.doctor import diagnose  # noqa: PLC0415  # seldom needed
        from gitbatch_tui.ui.sentences import check_line, verdict  # noqa: PLC0415  # seldom needed

        checks = []
        with self.batch(remote) as batch:
            for check in diagnose(batch):
                checks.append(check)
                self.call_from_thread(progress.add, check_line(check))
        self.call_from_thread(progress.end, verdict(remote, checks))
