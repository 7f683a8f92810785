"""Runs side by side, in the order of any column, and what they measured as dots."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from rich.cells import cell_len
from textual.binding import Binding
from textual.containers import HorizontalScroll
from textual.widgets import Static

from gitbatch_tui.core.base.format import plural
from gitbatch_tui.core.compare.dots import plot
from gitbatch_tui.core.compare.runs import cells, environment_lines, not_written
from gitbatch_tui.ui.dialogs.dialog import plain, words
from gitbatch_tui.ui.dialogs.reading import Reading

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from textual.binding import BindingType
    from textual.widget import Widget

    from gitbatch_tui.core.compare.runs import RunTable

PLOT = 72
"""Cells of a plot at most, with its labels."""
_EDGES = 12
"""Cells of a screen that a dialog can't use for what it holds."""
_GAP = "  "


class CompareDialog(Reading):
    """The columns are those of all the runs; a plot for each metric that is a number."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("o", "sort", "sort", show=False),
        Binding("O", "reverse", "reverse", show=False),
        Binding("left", "aside(-20)", "to the left", show=False),
        Binding("right", "aside(20)", "to the right", show=False),
    ]
    own_keys = (("o", "sort"), ("O", "reverse"), ("← →", "more columns"))

    def __init__(self, table: RunTable) -> None:
        super().__init__()
        self.table = table
        self._column, self._reverse = "run", False
        self._text, self._plots = Static(), Static(classes="-plots")

    @property
    def heading(self) -> str:
        return f"{plural(len(self.table.rows), 'run')}, by {self._column}"

    def holds(self) -> Iterable[Widget]:
        with HorizontalScroll(can_focus=False):
            yield self._text
        yield self._plots
        if sentence := not_written(self.table):
            yield words(sentence, "-then")
        self._show()

    def on_resize(self) -> None:
        super().on_resize()
        self._show()

    def action_sort(self) -> None:
        columns = self.table.columns
        self._column = columns[(columns.index(self._column) + 1) % len(columns)]
        self._reverse = False
        self._show()

    def action_reverse(self) -> None:
        self._reverse = not self._reverse
        self._show()

    def action_aside(self, cells: int) -> None:
        """See the columns for which there is no room."""
        self.query_one(HorizontalScroll).scroll_relative(x=cells, animate=False)

    def _show(self) -> None:
        self.table = self.table.sorted_by(self._column, reverse=self._reverse)
        self._text.update(plain("\n".join(_lines(self.table))))
        width = min(PLOT, self.app.size.width - _EDGES)
        drawn = (plot(self.table, name, width) for name in self.table.drawable())
        self._plots.update(plain("\n\n".join("\n".join(lines) for lines in drawn)))
        if self.is_mounted:
            self._box.border_title = plain(self.heading)


def _lines(table: RunTable) -> list[str]:
    apart = environment_lines(table)
    return [*aligned(cells(table)), *(["", *apart] if apart else [])]


def aligned(rows: Sequence[Sequence[str]]) -> list[str]:
    """Rows as lines, in columns."""
    widths = [max(map(cell_len, column)) for column in zip(*rows, strict=True)]
    return [
        _GAP.join(
            cell + " " * (width - cell_len(cell)) for cell, width in zip(row, widths, strict=True)
        ).rstrip()
        for row in rows
    ]
