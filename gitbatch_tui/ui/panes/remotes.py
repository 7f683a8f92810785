"""The pane Remotes: each batch remote, whether it answers, what runs and waits there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from rich.cells import cell_len

from gitbatch_tui.ui import present
from gitbatch_tui.ui.state import RemoteView
from gitbatch_tui.ui.widgets.list_model import Cell, Column
from gitbatch_tui.ui.widgets.row_list import RowList

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from gitbatch_tui.ui.state import AppState

_LEAST = 6
"""Cells of a name, or of words."""
_FIRST = 1000
"""A share beside which others count for nothing, until it has all that it needs."""


@dataclass
class RemoteAdapter:
    """A batch remote in a row."""

    chosen: str | None = None
    """Whose runs are shown."""
    hint: str = "none yet: a adds one"
    columns: tuple[Column, ...] = ()

    def fit_columns(self, views: Sequence[RemoteView]) -> None:
        """Have the columns that these need; where room is scarce, a name gets it before words."""
        names = max((cell_len(view.remote.name) for view in views), default=0)
        counts = max((cell_len(present.counts(view)) for view in views), default=0)
        shown = (
            Column("sign", "", 1),
            Column("name", "", _LEAST, most=max(names, _LEAST), share=_FIRST),
            Column("words", "", _LEAST, share=1),
            Column("counts", "", counts, right=True),
        )
        self.columns = shown if counts else shown[:-1]

    def key(self, view: RemoteView) -> str:
        return view.remote.name

    def cells(self, view: RemoteView) -> Mapping[str, Cell]:
        is_chosen = self.chosen in {None, view.remote.name}
        return {
            "sign": Cell(*present.remote_state(view)),
            "name": Cell(view.remote.name, "bold" if is_chosen else ""),
            "words": Cell(*present.remote_words(view)),
            "counts": Cell(present.counts(view), "busy" if view.running else "warn"),
        }

    def words(self, view: RemoteView) -> str:
        return f"{view.remote.name} {view.remote.location}"

    def order(self, column: str) -> Callable[[RemoteView], Any]:  # noqa: ARG002  # its one order
        return lambda view: view.remote.name


class RemotesPane(RowList[RemoteView]):
    """List of the batch remotes, to which work can go."""

    BORDER_TITLE = "Remotes"

    def __init__(self) -> None:
        self._adapter = RemoteAdapter()
        super().__init__(self._adapter, id="remotes", header=False)

    def show_state(self, state: AppState) -> None:
        self._adapter.chosen = state.remote
        self._adapter.fit_columns(state.remotes)
        self.show(state.remotes)
