"""Tells more about a run, and copies names of things."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gitbatch_tui.core.text import one_line
from gitbatch_tui.ui.deeds.acting import Acting

if TYPE_CHECKING:
    from gitbatch_tui.ui.requests import CopyRequested, DetailsRequested


class Telling(Acting):
    """Nothing in here asks a server."""

    def on_details_requested(self, request: DetailsRequested) -> None:
        from gitbatch_tui.ui.dialogs.details import Details  # noqa: PLC0415  # seldom needed

        run = request.run
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
