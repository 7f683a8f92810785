"""Reads the metrics of the selected runs ahead, before a key asks for their curves."""

from __future__ import annotations

import asyncio
from itertools import islice
from typing import TYPE_CHECKING, Any

from gitbatch_tui.errors import GitBatchError

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Coroutine, Sequence

    from textual.worker import Worker

    from gitbatch_tui.core.curves.reading import RunMetrics
    from gitbatch_tui.models import Run
    from gitbatch_tui.ui.session import Session
    from gitbatch_tui.ui.state import AppState, Selection

    Read = Callable[[Sequence[Run]], Coroutine[Any, Any, list[RunMetrics]]]

REST = 0.3
"""Seconds that a selection stays before it is looked into."""


class ReadAhead:
    """Has a sample of the results of the selected runs at hand, where all of them are here.

    Unpacking them is most of what a first picture costs. What is in run trees is read as it is.
    """

    def __init__(
        self,
        session: Session,
        state: Callable[[], AppState],
        selection: Callable[[], Selection],
        start: Callable[[Read, Sequence[Run]], Worker[list[RunMetrics]]],
    ) -> None:
        """`start` lets something go on beside all else."""
        self._session, self._state, self._selection = session, state, selection
        self._start = start
        self._timer: asyncio.TimerHandle | None = None
        self._runs: Sequence[Run] = ()
        self._newest: Collection[str] = ()
        self._reading: Worker[list[RunMetrics]] | None = None

    def selection_changed(self) -> None:
        """Look into what is selected, once it has been for a while."""
        self.close()
        self._timer = asyncio.get_running_loop().call_later(REST, self._look)

    def close(self) -> None:
        """Begin nothing more."""
        if self._timer:
            self._timer.cancel()

    async def take(self, runs: Sequence[Run]) -> list[RunMetrics]:
        """The metrics of these runs with their samples; none where they weren't looked into."""
        reading, self._reading = self._reading, None
        is_same, self._runs = runs == self._runs, ()
        return await reading.wait() if reading and is_same else []

    def _look(self) -> None:
        runs = runs_to_draw(self._selection())
        if runs != self._runs:
            # Nobody waits any more for what is being read of others.
            self._runs = runs
            self._reading = self._start(self._read, runs)
        newest = newest_results(self._state())
        if newest.keys() != self._newest:
            # One of them may be selected next, and a key follow at once: samples stay on disk.
            self._newest = newest.keys()
            self._start(self._look_around, list(newest.values()))

    async def _read(self, runs: Sequence[Run], *, only_here: bool = False) -> list[RunMetrics]:
        try:
            return await asyncio.to_thread(self._sample, runs, only_here=only_here)
        except GitBatchError:
            return []  # whoever asks for the curves hears why

    async def _look_around(self, runs: Sequence[Run]) -> list[RunMetrics]:
        await asyncio.sleep(REST)  # what is selected comes first
        return await self._read(runs, only_here=True)

    def _sample(self, runs: Sequence[Run], *, only_here: bool) -> list[RunMetrics]:
        from gitbatch_tui.core.curves.opening import sampled_results, with_results_here  # noqa: PLC0415  # not for the first picture
        from gitbatch_tui.core.git.opening import open_clone  # noqa: PLC0415  # as above

        state = self._state()
        # Without the journal: nobody has asked for it.
        with open_clone(self._session.path) as clone:
            sides = [(self._session.batch(clone, state.remote_of(run)), run) for run in runs]
            return sampled_results(with_results_here(sides) if only_here else sides)


def newest_results(state: AppState) -> dict[str, Run]:
    """The newest runs with results, as many as a picture has, by these."""
    from gitbatch_tui.core.curves.opening import MOST, result_of  # noqa: PLC0415  # as above

    return {result_of(run): run for run in islice(filter(result_of, state.runs()), MOST)}


def runs_to_draw(selection: Selection) -> list[Run]:
    """The runs that a picture of curves has, of those that are meant."""
    from gitbatch_tui.core.curves.opening import MOST  # noqa: PLC0415  # as above

    return sorted(selection.meant, key=lambda run: run.key)[:MOST]
