"""The pane Remotes: each batch remote, whether it answers, what runs and waits there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gitbatch_tui.ui.panes.faces import RemoteFace
from gitbatch_tui.ui.state import RemoteView
from gitbatch_tui.ui.widgets.rows import Rows

if TYPE_CHECKING:
    from gitbatch_tui.ui.state import AppState


class RemotesPane(Rows[RemoteView]):
    """Where work can go."""

    BORDER_TITLE = "Remotes"

    def __init__(self) -> None:
        self._face = RemoteFace()
        super().__init__(self._face, id="remotes", header=False)

    def show_state(self, state: AppState) -> None:
        self._face.chosen = state.remote
        self.show(state.remotes)
