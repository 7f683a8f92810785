"""Tells more about a run, and copies names of things."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from textual import work

from gitbatch_tui.core.base.text import one_line
from gitbatch_tui.ui.deeds.acting import Acting
from gitbatch_tui.ui.messages import DetailsKnown

if TYPE_CHECKING:
    from gitbatch_tui.models import Run
    from gitbatch_tui.ui.requests import CopyRequested, DetailsRequested


class Telling(Acting):
    """Nothing in here asks a server."""

    def on_details_requested(self, request: DetailsRequested) -> None:
        with self.troubleshooting():
            self.remote_of(request.run)
            self._read_tasks(request.run)

    @work(thread=True, exit_on_error=False, group="details", exclusive=True)
    def _read_tasks(self, run: Run) -> None:
        from gitbatch_tui.core.runs.tasks import tasks_of  # noqa: PLC0415  # seldom needed

        with self.clone() as clone:
            self.post_message(DetailsKnown(replace(run, tasks=tasks_of(clone, run))))

    def on_details_known(self, fact: DetailsKnown) -> None:
        from gitbatch_tui.ui.dialogs.details import Details  # noqa: PLC0415  # seldom needed

        run = fact.run
        with self.troubleshooting():
            self.push_screen(Details(run, self.remote_of(run), self.now_for(run.remote)))

    def on_copy_requested(self, request: CopyRequested) -> None:
        from gitbatch_tui.ui.copies import copies_of  # noqa: PLC0415  # seldom needed
        from gitbatch_tui.ui.dialogs.choose import Choose  # noqa: PLC0415  # seldom needed

        copies = copies_of(request.chosen)
        menu = Choose("Copy", [(f"{name:<16}{one_line(text)}", text) for name, text in copies])
        menu.add_class("-single")
        self.push_screen(menu, self._copy)

    def _copy(self, text: str | None) -> None:
        if text is not None:
            self.copy_to_clipboard(text)
            self.tell(f"Copied: {text}")
