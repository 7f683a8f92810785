"""The files of a run as rows: folders that open and close, names, sizes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from textual.binding import Binding

from gitbatch_tui.core.base.format import plural, size
from gitbatch_tui.core.browse.outline import Row
from gitbatch_tui.core.server.file_answers import EntryKind
from gitbatch_tui.ui.widgets.list_model import Cell, Column
from gitbatch_tui.ui.widgets.row_list import RowList

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from textual.binding import BindingType

_SIGNS = {EntryKind.LINK: "→", EntryKind.OTHER: "?"}
_TONES = {EntryKind.FOLDER: "busy", EntryKind.LINK: "accent", EntryKind.OTHER: "dim"}


class EntryAdapter:
    """A file or a folder in a row."""

    hint = "reading …"
    columns = (
        Column("name", "", 20, share=1),
        Column("size", "", 9, right=True),
    )

    def key(self, row: Row) -> tuple[str, bool]:
        return row.entry.path, bool(row.rest)

    def cells(self, row: Row) -> Mapping[str, Cell]:
        indent = "  " * row.depth
        if row.rest:
            return {"name": Cell(f"{indent}  … {row.rest:,} more", "dim"), "size": Cell("")}
        entry = row.entry
        slash = "/" if entry.kind is EntryKind.FOLDER else ""
        length = "" if entry.size is None else size(entry.size)
        name = f"{indent}{_sign(row)} {entry.name}{slash}"
        return {"name": Cell(name, _TONES.get(entry.kind, "")), "size": Cell(length, "dim")}

    def words(self, row: Row) -> str:
        return row.entry.path

    def order(self, column: str) -> Callable[[Row], Any]:  # noqa: ARG002  # its one order
        return lambda row: row.entry.path


def _sign(row: Row) -> str:
    if row.entry.kind is EntryKind.FOLDER or row.is_open:
        return "▾" if row.is_open else "▸"
    return _SIGNS.get(row.entry.kind, " ")


class RunTreePane(RowList[Row]):
    """List of what is open."""

    # Here g gets a file: home, too, goes to the first one.
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("g", "screen.get", "get", show=False),
        Binding("left,h", "screen.close", "close the folder", show=False),
        Binding("right,l", "screen.open", "open", show=False),
    ]

    def __init__(self) -> None:
        self.entry_adapter = EntryAdapter()
        super().__init__(self.entry_adapter, id="tree", header=False)

    def say(self, hint: str) -> None:
        """Say why there are no rows."""
        self.entry_adapter.hint = hint
        self.refresh()

    def show_rows(self, rows: Sequence[Row]) -> None:
        """Show all that is open, as it is now."""
        self.entry_adapter.hint = "There are no files in it."
        self.show(rows)

    def caption(self) -> str:
        """Say how many files stand here, and their size; first of all what is typed."""
        files = [row.entry for row in self.model.models
                 if row.entry.kind is EntryKind.FILE and not row.rest]  # fmt: skip
        total = sum(entry.size or 0 for entry in files)
        unlisted = sum(row.rest for row in self.model.models)
        more = f", and {unlisted:,} more" if unlisted else ""
        many = f"{plural(len(files), 'file')}, {size(total)}{more}" if files else ""
        return super().caption() or many
