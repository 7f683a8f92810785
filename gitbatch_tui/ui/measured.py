"""Keeps the newest numbers of runs, for the columns of metrics that a person has chosen."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from math import isnan
from typing import TYPE_CHECKING

from gitbatch_tui.core.base.text import one_line
from gitbatch_tui.errors import GitBatchError
from gitbatch_tui.ui.panes.run_columns import USED, RunColumn
from gitbatch_tui.ui.widgets.list_model import Cell

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from gitbatch_tui.core.compare.metrics import Value
    from gitbatch_tui.models import BatchRemote, Run, RunKey
    from gitbatch_tui.ui.session import Session
    from gitbatch_tui.ui.state import AppState

    Sides = Sequence[tuple[BatchRemote, Run]]
    Values = Mapping[str, Value]

EVERY = 2.0
"""Seconds between two looks at runs that go on."""
METRIC = "metric:"
"""How the keys of columns of metrics begin."""
_WIDTH, _MOST = 8, 14
_DIGITS = (5, 4, 3, 2)


class MeasuredValues:
    """Reads in a thread, and never the same result twice."""

    def __init__(  # noqa: PLR0913  # all that it needs of the app
        self,
        session: Session,
        state: Callable[[], AppState],
        *,
        start: Callable[[Callable[[], None]], object],
        repeat: Callable[[float, Callable[[], None]], object],
        hand_over: Callable[..., object],
        changed: Callable[[], None],
        failed: Callable[[GitBatchError], None],
    ) -> None:
        """`start` runs in a thread, `repeat` every so many seconds in that of the screen.

        `hand_over` brings calls there, where the others are called, too.
        """
        self.values: dict[RunKey, Values] = {}
        self._session, self._state = session, state
        self._start, self._repeat, self._hand_over = start, repeat, hand_over
        self._changed, self._failed = changed, failed
        self._final: set[RunKey] = set()
        """The runs whose numbers stay as they are."""
        self._columns: Sequence[str] = ()
        self._filtered: Sequence[str] = ()
        self._repeats = False
        self._looked_at: Sequence[Run] = ()
        self._reading = False
        """Also after it failed, which is said once."""

    def of(self, run: Run) -> Values:
        """The newest numbers of a run, as far as they are known."""
        return self.values.get(run.key, {})

    def keep_up(
        self, columns: Sequence[str] | None = None, filtered: Sequence[str] | None = None
    ) -> None:
        """Go on reading, from now on, as long as columns or a filter want any numbers."""
        self._columns = self._columns if columns is None else columns
        self._filtered = self._filtered if filtered is None else filtered
        if self._is_wanted and not self._repeats:
            self._repeats = True
            self._repeat(EVERY, self._look)
        self._look()

    @property
    def _is_wanted(self) -> bool:
        return bool(self._filtered) or any(name not in USED for name in self._columns)

    def _look(self) -> None:
        """Read what isn't known of the runs, unless that is being done, or nothing has changed."""
        if self._reading or not self._is_wanted:
            return
        sides = [
            (view.remote, run)
            for view in self._state().remotes
            for run in view.runs
            if run.key not in self._final
        ]
        runs = [run for _, run in sides]
        is_still = all(run.state.final for run in runs) and runs == self._looked_at
        if sides and not is_still:
            self._reading, self._looked_at = True, runs
            self._start(partial(self._read, sides))

    def read(self, sides: Sides) -> dict[RunKey, Values]:
        """Read the numbers of these runs, in a thread; raises `GitBatchError`."""
        from gitbatch_tui.core.curves.latest import latest_values  # noqa: PLC0415  # when columns are wanted

        with self._session.clone() as clone:
            return latest_values(
                [(self._session.batch(clone, remote), run) for remote, run in sides]
            )

    def take(self, sides: Sides, found: Mapping[RunKey, Values]) -> None:
        """Keep what was read."""
        self._final |= {run.key for _, run in sides if run.state.final and run.key in found}
        self.values.update(found)

    def names(self) -> list[str]:
        """The names of all numbers that are known."""
        from gitbatch_tui.core.compare.metrics import STEPS  # noqa: PLC0415  # as above

        names = dict.fromkeys(
            name
            for values in self.values.values()
            for name, value in values.items()
            if isinstance(value, int | float)
        )
        return sorted(names, key=lambda name: name.lower() in STEPS)

    def _read(self, sides: Sides) -> None:
        try:
            found = self.read(sides)
        except GitBatchError as error:
            self._hand_over(self._failed, error)
        else:
            self._hand_over(self._took, sides, found)

    def _took(self, sides: Sides, found: Mapping[RunKey, Values]) -> None:
        self._reading = False
        is_new = any(self.values.get(key) != values for key, values in found.items())
        self.take(sides, found)
        if is_new:
            self._changed()


def columns_of(names: Iterable[str], values: Mapping[RunKey, Values]) -> list[RunColumn]:
    """A column for each of these numbers, by which runs can be sorted; `values` may change.

    Names of `USED` are those of what runs used, which need not be read.
    """
    # The first one stays also where there is little room.
    return [
        replace(USED.get(name) or _column(name, values), rank=2 if at else 0)
        for at, name in enumerate(names)
    ]


def _column(name: str, values: Mapping[RunKey, Values]) -> RunColumn:
    title = one_line(name)

    def value_of(run: Run) -> Value | None:
        return values.get(run.key, {}).get(name)

    def cell(run: Run, _: object) -> Cell:
        value = value_of(run)
        return Cell("" if value is None else _words(value), "accent")

    def order(run: Run) -> float | None:
        value = value_of(run)
        return value if isinstance(value, int | float) and not isnan(value) else None

    width = min(max(_WIDTH, len(title)), _MOST)
    return RunColumn(f"{METRIC}{name}", title, width, right=True, cell=cell, order=order)


def _words(value: Value) -> str:
    """Write it with as many digits as have room: a number that is cut may be any other one."""
    if not isinstance(value, float):
        return str(value)
    texts = [f"{value:.{digits}g}" for digits in _DIGITS]
    return next((text for text in texts if len(text) <= _WIDTH), texts[-1])
