"""The model of the pane Runs: runs in groups that fold, and marks of one, several or a range."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from gitbatch_tui.core.runs.filters import Filter, parse
from gitbatch_tui.errors import WrongWord
from gitbatch_tui.models import Run
from gitbatch_tui.ui.panes.run_columns import look_at
from gitbatch_tui.ui.run_groups import WAYS, Row, RunGroup, gathered, group_key
from gitbatch_tui.ui.widgets.list_model import ListModel

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Sequence

    from gitbatch_tui.core.curves.latest import Values
    from gitbatch_tui.ui.panes.run_rows import RunAdapter


class RunListModel(ListModel[Row]):
    """Runs and groups of them, as they are shown."""

    def __init__(self, adapter: RunAdapter) -> None:
        super().__init__(adapter)
        self._adapter = adapter
        self.way = WAYS[0]
        """What runs are grouped by."""
        self._opened: set[Hashable] = set()
        self._closed: set[Hashable] = set()
        """Groups that were folded while there is a filter, which shows what it finds."""
        self._filter = self._filter_before = Filter()
        self.measured: Callable[[Run], Values] = lambda _: {}
        """Gives what a run has measured, as far as that is known."""
        self.objection: WrongWord | None = None
        """What is wrong with the filter as it is typed now."""
        self._anchor: Hashable | None = None
        self._before: set[Hashable] = set()

    # The filter

    def narrow(self, needle: str) -> None:
        """Filter by the grammar of `runs --where`; what is wrong with it stands in `objection`.

        Meanwhile, what stands before its last word counts.
        """
        if not needle:
            self._closed.clear()
        self._filter_before, self.objection = self._filter, None
        try:
            self._filter = parse(needle)
        except WrongWord as wrong:
            self.objection = wrong
            with suppress(WrongWord):
                self._filter = parse(needle.rpartition(" ")[0])
        super().narrow(needle)

    @property
    def metrics(self) -> tuple[str, ...]:
        """The metrics that the filter asks for."""
        return self._filter.metrics_among(run for run in self.models if isinstance(run, Run))

    def _only_narrows(self, needle: str) -> bool:
        plain = self._filter_before.is_plain and self._filter.is_plain
        return plain and not self.objection and super()._only_narrows(needle)

    def _matching(self, models: Sequence[Row]) -> Sequence[Row]:
        if not self._filter:
            return models
        words, matches = self.words(), self._filter.matches
        runs = [run for run in models if isinstance(run, Run)]
        now = {run.remote: self._adapter.now(run) for run in runs}
        return [
            run
            for run in runs
            if matches(run, now[run.remote], lambda run: words[id(run)], self.measured)
        ]

    # Groups

    def rows_of(self, found: Sequence[Row]) -> Sequence[Row]:
        runs = [row for row in found if isinstance(row, Run)]
        self._adapter.sight.grouped = self.way == WAYS[0]
        look_at(runs, self._adapter.sight)
        self._adapter.fit_columns()
        return gathered(runs, self.way, self._is_open)

    def _is_open(self, key: Hashable) -> bool:
        return key not in self._closed if self.needle else key in self._opened

    @property
    def grouped_by(self) -> str:
        """The word for how runs are grouped; empty where only sweeps are."""
        return "" if self.way in {"sweep", "nothing"} else self.way

    def group_by(self, way: str) -> None:
        """Group runs by something else, a word of `WAYS`."""
        self.way = way
        self._place(self.cursor_key)

    def fold(self) -> bool:
        """Open or close the group that the cursor is in; False where it is in none."""
        row = self.selected
        key = row.key if isinstance(row, RunGroup) else row and group_key(row, self.way)
        if not key:
            return False
        toggled = self._closed if self.needle else self._opened
        toggled ^= {key}
        self._place(key)
        return True

    def reveal(self, key: Hashable) -> None:
        """Open the group in which a run is hidden."""
        group = self._group_of(key)
        if group is not None and not self._is_open(group):
            toggled = self._closed if self.needle else self._opened
            toggled ^= {group}
            self._place(self.cursor_key)

    def _place(self, key: Hashable | None) -> None:
        super()._place(key)
        if key is not None and self.cursor_key != key:
            index = self.index_of(self._group_of(key))
            self.move_to(self.cursor if index is None else index)

    def _group_of(self, key: Hashable) -> Hashable | None:
        for row in self.found:
            if isinstance(row, Run) and self.adapter.key(row) == key:
                return group_key(row, self.way)
        return None

    # Marks

    def is_marked(self, row: Row) -> bool:
        return bool(self.marks) and self._keys([row]) <= self.marks

    def toggle_mark(self) -> None:
        """Mark the selected run, or all of a group; marks that are there are taken away."""
        keys = self._keys([self.selected] if self.selected else [])
        self.marks = self.marks - keys if keys <= self.marks else self.marks | keys
        self._anchor = None

    def toggle_range(self) -> None:
        """Begin to mark all rows from here to where the cursor goes; or end that."""
        if self._anchor is not None or self.selected is None:
            self._anchor = None
            return
        self._anchor, self._before = self.cursor_key, set(self.marks)
        self.stretch()

    def stretch(self) -> None:
        """Let the range reach to the cursor."""
        begin = None if self._anchor is None else self.index_of(self._anchor)
        if begin is not None:
            first, last = sorted((begin, self.cursor))
            self.marks = self._before | self._keys(self.shown[first : last + 1])

    def unmark(self, keys: Iterable[Hashable] | None = None) -> None:
        """Take the marks of these keys away, or all."""
        self.marks = self.marks - set(keys) if keys is not None else set()
        self._anchor = None

    @property
    def in_range(self) -> bool:
        """Tell whether the cursor takes marks along."""
        return self._anchor is not None

    def _keys(self, rows: Iterable[Row]) -> set[Hashable]:
        runs = (run for row in rows for run in (row.runs if isinstance(row, RunGroup) else (row,)))
        return {self.adapter.key(run) for run in runs}
