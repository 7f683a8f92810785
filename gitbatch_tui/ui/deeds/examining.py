"""Lets the doctor check a batch remote, line by line, with a real run there and back."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from textual import work

from gitbatch_tui.ui.deeds.starting import Starting
from gitbatch_tui.ui.requests import DoctorRequested

if TYPE_CHECKING:
    from gitbatch_tui.core.base.cancellation import Cancellation
    from gitbatch_tui.models import BatchRemote
    from gitbatch_tui.ui.dialogs.progress import Progress


class Examining(Starting):
    """What it finds stays on the screen until it is closed."""

    def on_doctor_requested(self, request: DoctorRequested) -> None:
        remote, repair = request.remote, request.repair
        doing = "Mending what can be mended ..." if repair else "Examining ..."
        progress, stop = self.open_progress(f"Doctor of {remote.name}", doing)
        self._examine(progress, stop, remote, repair)

    @work(thread=True, exit_on_error=False, group="doctor")
    def _examine(
        self,
        progress: Progress,
        stop: Cancellation,
        remote: BatchRemote,
        repair: bool,  # noqa: FBT001
    ) -> None:
        with self.closing(progress, DoctorRequested(remote, repair)):
            self.server(remote).host.run(":", timeout=30)
            self.examine(progress, stop, remote, repair=repair)

    def examine(
        self, progress: Progress, stop: Cancellation, remote: BatchRemote, *, repair: bool = False
    ) -> None:
        """For a worker: show every check as soon as it is done, and what they come to."""
        from gitbatch_tui.core.setup.doctor import diagnose, is_mendable  # noqa: PLC0415  # seldom needed
        from gitbatch_tui.ui.sentences import check_line, verdict  # noqa: PLC0415  # seldom needed

        checks = []
        with self.batch(remote) as batch:
            for check in diagnose(replace(batch, stop=stop), repair=repair):
                checks.append(check)
                self.call_from_thread(progress.add, check_line(check))

        def mend() -> None:
            self.post_message(DoctorRequested(remote, repair=True))

        words = "Stopped." if stop.asked else verdict(remote, checks)
        mends = any(map(is_mendable, checks)) and not repair
        self.call_from_thread(progress.end, words, mend if mends else None)
