"""The pane Branches: each local branch, and what a submit would bring."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gitbatch_tui.ui.panes.faces import BranchFace
from gitbatch_tui.ui.state import BranchView
from gitbatch_tui.ui.widgets.rows import Rows

if TYPE_CHECKING:
    from gitbatch_tui.ui.state import AppState


class BranchesPane(Rows[BranchView]):
    """What can be submitted."""

    BORDER_TITLE = "Branches"

    def __init__(self) -> None:
        self._face = BranchFace()
        super().__init__(self._face, id="branches", header=False)

    def show_state(self, state: AppState) -> None:
        self._face.chosen = state.branch
        self.show(state.branches)
