"""What follows when a run begins: its progress is shown, and then the run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gitbatch_tui.core.base.cancellation import Cancellation
from gitbatch_tui.models import State
from gitbatch_tui.ui.deeds.acting import Acting
from gitbatch_tui.ui.requests import RefreshRequested

if TYPE_CHECKING:
    from collections.abc import Callable

    from gitbatch_tui.ui.dialogs.progress import Progress
    from gitbatch_tui.ui.messages import Begun


class Starting(Acting):
    """For everything that a receipt confirms."""

    def open_progress(
        self, heading: str, doing: str, *, stoppable: bool = True, goes_on: str = ""
    ) -> tuple[Progress, Cancellation]:
        """A dialog that shows what is said, and what stops the deed on esc.

        Where it can't be stopped, `goes_on` says what becomes of it when it is left.
        """
        from gitbatch_tui.ui.dialogs.progress import Progress  # noqa: PLC0415  # seldom needed

        stop = Cancellation()
        progress = Progress(heading, doing, stop.ask if stoppable else None, goes_on)
        self.push_screen(progress)
        return progress, stop

    def hear(self, progress: Progress) -> Callable[[str], None]:
        """What a worker calls with every line."""
        from gitbatch_tui.ui.dialogs.progress import Said  # noqa: PLC0415  # seldom needed

        def heard(line: str) -> None:
            progress.post_message(Said(line))

        return heard

    def begun(self, progress: Progress, fact: Begun) -> None:
        """For a worker that has a receipt; whether somebody still looks or not."""
        self.call_from_thread(progress.see, fact.receipt)
        self.post_message(fact)

    def on_begun(self, fact: Begun) -> None:
        name = f"{fact.remote.name}#{fact.receipt.run}"
        self.on_refresh_requested(RefreshRequested((fact.remote,)))
        self.show_run(fact.remote.name, fact.receipt.run)
        for note in fact.notes:
            self.tell(note)
        if fact.receipt.state is State.REJECTED:
            self.tell(f"schedule.sh of {name} failed: the run was rejected.", "", "warning")
