"""A list's model: its columns, its rows, and where its cursor and marks are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, NamedTuple, Protocol, TypeVar

from rich.cells import cell_len, set_cell_size

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Mapping, Sequence

T = TypeVar("T")
M_contra = TypeVar("M_contra", contravariant=True)

GAP = 1
TELLING = 4
"""Columns up to this rank tell rows apart: narrow ones have room that is too little for others."""


@dataclass(frozen=True)
class Column:
    """One column."""

    key: str
    title: str
    width: int
    """The least, in cells, without the gap after it."""
    most: int = 0
    """How wide it may become; 0 means no wider than `width`."""
    share: int = 0
    """Its part of the room that is left."""
    right: bool = False
    """Whether its text stands at its right side."""
    rank: int = 0
    """Where there is too little room, the lowest ranks stay; 0 always, and see `TELLING`."""

    def place(self, text: str, width: int) -> str:
        """The text in exactly that many cells and the gap."""
        size = cell_len(text)
        if size > width:
            return set_cell_size(text, max(0, width - 1)) + "…" + " " * GAP if width else ""
        pad = " " * (width - size)
        return f"{pad}{text} " if self.right else f"{text}{pad} "


Fitted = list[tuple[Column, int]]


def fit(columns: Sequence[Column], room: int) -> Fitted:
    """The columns that fit into the room, each with its width; the most important ones first."""
    chosen = [column for column in columns if not column.rank]
    most = max((column.rank for column in columns), default=0)
    for column in sorted(columns, key=lambda column: column.rank):
        if not column.rank or column.rank > most:
            continue
        if _needed([*chosen, column]) <= room:
            chosen.append(column)
        else:
            most = min(most, TELLING)
    keys = {column.key for column in chosen}
    shown = [column for column in columns if column.key in keys]
    left = max(0, room - _needed(shown))
    widths = {column.key: column.width for column in shown}
    growing = [column for column in shown if column.share]
    while left > 0 and growing:
        left, growing = _grow(widths, growing, left)
    return [(column, widths[column.key]) for column in shown]


def _needed(columns: Sequence[Column]) -> int:
    return 1 + sum(column.width + GAP for column in columns)


def _grow(widths: dict[str, int], columns: list[Column], left: int) -> tuple[int, list[Column]]:
    """Hand out room by shares, once; who has enough takes part no more."""
    total = sum(column.share for column in columns)
    given = 0
    for column in columns:
        wish = max(1, left * column.share // total)
        limit = column.most - widths[column.key] if column.most else left
        step = min(wish, limit, left - given)
        widths[column.key] += step
        given += step
    hungry = [c for c in columns if not c.most or widths[c.key] < c.most]
    return left - given, hungry if given else []


class Cell(NamedTuple):
    """Words, and the tone they are said in."""

    text: str
    tone: str = ""


class RowAdapter(Protocol[M_contra]):
    """How models become rows."""

    @property
    def columns(self) -> Sequence[Column]: ...

    @property
    def hint(self) -> str:
        """Sentence for where there are no rows."""
        ...

    def key(self, model: M_contra) -> Hashable:
        """Return a key that stays the same when the model is read again."""
        ...

    def cells(self, model: M_contra) -> Mapping[str, Cell] | Sequence[Cell]:
        """A cell for each column; or cells side by side, for a row that has no columns."""
        ...

    def words(self, model: M_contra) -> str:
        """Return the text that a filter looks into."""
        ...

    def order(self, column: str) -> Callable[[M_contra], Any]:
        """Return what gives a value to sort by: smaller comes first, None last in both orders."""
        ...


class ListModel(Generic[T]):
    """Models in the order and the selection in which they are shown."""

    def __init__(self, adapter: RowAdapter[T]) -> None:
        self.adapter = adapter
        self.models: Sequence[T] = ()
        self.found: Sequence[T] = ()
        """Those that fit the filter, in their order."""
        self.shown: Sequence[T] = ()
        self.cursor = 0
        self.marks: set[Hashable] = set()
        self.needle = ""
        self.column = ""
        self.reverse = False
        self._words: dict[int, str] = {}

    @property
    def selected(self) -> T | None:
        return self.shown[self.cursor] if self.cursor < len(self.shown) else None

    @property
    def hint(self) -> str:
        """Say why no row is shown: the filter, or what the adapter has to say."""
        filtered = self.needle and self.models
        return "Nothing matches the filter: esc ends it." if filtered else self.adapter.hint

    @property
    def cursor_key(self) -> Hashable | None:
        selected = self.selected
        return None if selected is None else self.adapter.key(selected)

    @property
    def marked(self) -> tuple[T, ...]:
        if not self.marks:
            return ()
        return tuple(model for model in self.models if self.is_marked(model))

    def is_marked(self, model: T) -> bool:
        return bool(self.marks) and self.adapter.key(model) in self.marks

    def replace(self, models: Sequence[T]) -> None:
        """Take other models; what is known of the old ones goes on by key."""
        if self._words:
            # While both are alive, the same id is the same model.
            self._words = {i: self._words[i] for i in map(id, models) if i in self._words}
        self.models = models
        if self.marks:
            self.marks &= {self.adapter.key(model) for model in models}
        self._arrange(models)

    def narrow(self, needle: str) -> None:
        """Look for every word of the needle."""
        # What a longer needle finds is among what the shorter one found.
        within = self.found if self.needle and self._only_narrows(needle) else None
        self.needle = needle
        self._arrange(self.models if within is None else within, ordered=within is not None)

    def _only_narrows(self, needle: str) -> bool:
        return needle.startswith(self.needle)

    def sort_by(self, column: str, *, reverse: bool) -> None:
        self.column, self.reverse = column, reverse
        self._arrange(self.models)

    def move_to(self, index: int) -> bool:
        """Put the cursor there, or at the nearest end; whether it moved."""
        index = max(0, min(index, len(self.shown) - 1))
        moved = index != self.cursor
        self.cursor = index
        return moved

    def index_of(self, key: object) -> int | None:
        for index, model in enumerate(self.shown):
            if self.adapter.key(model) == key:
                return index
        return None

    def toggle_mark(self) -> None:
        key = self.cursor_key
        if key is not None:
            self.marks ^= {key}

    def _arrange(self, models: Sequence[T], *, ordered: bool = False) -> None:
        key = self.cursor_key
        found = self._matching(models)
        if self.column and not ordered:
            found = _in_order(found, self.adapter.order(self.column), reverse=self.reverse)
        elif self.reverse and not ordered:
            found = list(reversed(found))
        self.found = found
        self._place(key)

    def _place(self, key: Hashable | None) -> None:
        """Make rows of what was found, with the cursor on the one of this key, if it is there."""
        self.shown = self.rows_of(self.found)
        index = self.index_of(key) if key is not None else None
        self.move_to(self.cursor if index is None else index)

    def rows_of(self, found: Sequence[T]) -> Sequence[T]:
        """The rows that are shown of what fits the filter."""
        return found

    def _matching(self, models: Sequence[T]) -> Sequence[T]:
        needles = self.needle.lower().split()
        for needle in needles:
            words = self.words()
            models = [model for model in models if needle in words[id(model)]]
        return models

    def words(self) -> dict[int, str]:
        """Return the texts that a filter looks into, by the id of each model; made only once."""
        if len(self._words) != len(self.models):
            known = self._words.get
            self._words = {
                id(model): known(id(model)) or self.adapter.words(model).lower()
                for model in self.models
            }
        return self._words


def _in_order(models: Sequence[T], value_of: Callable[[T], Any], *, reverse: bool) -> Sequence[T]:
    """Sort models by a value; those without one come last, whichever way round."""
    values = [value_of(model) for model in models]
    known = [at for at, value in enumerate(values) if value is not None]
    known.sort(key=values.__getitem__, reverse=reverse)
    others = (model for model, value in zip(models, values, strict=True) if value is None)
    return [*map(models.__getitem__, known), *others]
