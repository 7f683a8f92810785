"""The files that differ between two commits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gitbatch_tui.core.base.format import plural
from gitbatch_tui.ui.widgets.list_model import Cell, Column
from gitbatch_tui.ui.widgets.row_list import RowList

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from gitbatch_tui.core.git.changed_files import FileChange

_TONES = {"A": "good", "D": "bad", "M": "", "R": "accent", "T": "warn"}


class FileAdapter:
    """A changed file in a row."""

    hint = "reading what changed"
    columns = (
        Column("status", "", 1),
        Column("name", "", 12, share=1),
        Column("added", "", 8, right=True),
        Column("deleted", "", 8, right=True),
    )

    def key(self, change: FileChange) -> str:
        return change.path

    def cells(self, change: FileChange) -> Mapping[str, Cell]:
        return {
            "status": Cell(change.status, _TONES.get(change.status, "")),
            "name": Cell(change.name),
            "added": Cell("binary", "dim") if change.added is None else _count("+", change.added),
            "deleted": _count("-", change.deleted or 0),
        }

    def words(self, change: FileChange) -> str:
        return change.name

    def order(self, column: str) -> Callable[[FileChange], Any]:  # noqa: ARG002  # its one order
        return lambda change: change.path


def _count(sign: str, count: int) -> Cell:
    tone = "good" if sign == "+" else "bad"
    return Cell(f"{sign}{count:,}", tone) if count else Cell("")


class FilesPane(RowList["FileChange"]):
    """List of the files that differ."""

    def __init__(self) -> None:
        self.file_adapter = FileAdapter()
        super().__init__(self.file_adapter, id="files", header=False)

    def show_files(self, files: Sequence[FileChange]) -> None:
        """Show all files that differ."""
        self.file_adapter.hint = "nothing differs"
        self.show(files)

    def caption(self) -> str:
        files = self.model.models
        added = sum(change.added or 0 for change in files)
        deleted = sum(change.deleted or 0 for change in files)
        return f"{plural(len(files), 'file')} · +{added:,} -{deleted:,}" if files else ""
