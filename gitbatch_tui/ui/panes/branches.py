"""The pane Branches: each local branch, and what a submit would bring."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from gitbatch_tui.ui import present
from gitbatch_tui.ui.state import BranchView
from gitbatch_tui.ui.widgets.list_model import Cell, Column
from gitbatch_tui.ui.widgets.row_list import RowList

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from gitbatch_tui.ui.state import AppState


@dataclass
class BranchAdapter:
    """A local branch in a row."""

    chosen: str | None = None
    """The branch whose runs are shown; None: all."""
    hint: str = "no commits yet: s begins"
    columns: tuple[Column, ...] = (
        Column("current", "", 1),
        Column("name", "", 8, share=1),
        Column("state", "", 9),
        Column("last", "", 1, rank=1),
    )

    def key(self, view: BranchView) -> str:
        return view.name

    def cells(self, view: BranchView) -> Mapping[str, Cell]:
        last = view.last
        return {
            "current": Cell("*" if view.current else "", "good"),
            "name": Cell(view.name, "bold" if view.name == self.chosen else ""),
            "state": Cell(*present.branch_state(view)),
            "last": Cell(present.sign(last.state), present.tone(last.state)) if last else Cell(""),
        }

    def words(self, view: BranchView) -> str:
        return view.name

    def order(self, column: str) -> Callable[[BranchView], Any]:  # noqa: ARG002  # its one order
        return lambda view: view.name


class BranchesPane(RowList[BranchView]):
    """List of the local branches, each of which can be submitted."""

    BORDER_TITLE = "Branches"

    def __init__(self) -> None:
        self._adapter = BranchAdapter()
        super().__init__(self._adapter, id="branches", header=False)

    def show_state(self, state: AppState) -> None:
        self._adapter.chosen = state.branch
        self.show(state.branches)
