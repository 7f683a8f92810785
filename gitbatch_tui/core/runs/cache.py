"""The recorded runs of a remote for as long as somebody looks: read once, then what is new."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gitbatch_tui.core.runs import records
from gitbatch_tui.core.runs.locate import ResultsLocator

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gitbatch_tui.core.git.repo import Clone
    from gitbatch_tui.models import Run

_FEW = 100
"""As many runs as are looked for one by one."""


class RecordsCache:
    """The recorded runs of one remote, kept up to date."""

    def __init__(self, remote: str) -> None:
        self._remote = remote
        self._tip = ""
        self._runs: dict[int, Run] = {}
        self._locator = ResultsLocator()

    def read(self, clone: Clone) -> list[Run]:
        """Every run that has a record here, the newest first, as `records.read` gives them."""
        tip = records.tip(clone, self._remote)
        if tip != self._tip:
            self._catch_up(clone, tip)
            self._tip = tip
        return sorted(self._runs.values(), key=lambda run: run.number, reverse=True)

    def locate(self, clone: Clone, runs: Sequence[Run]) -> list[Run]:
        """The runs, those whose results are in a local branch marked as pulled."""
        return self._locator.locate(clone, runs)

    def _catch_up(self, clone: Clone, tip: str) -> None:
        runs = self._news(clone) if self._tip and clone.contains(tip, self._tip) else None
        if runs is None:
            self._runs = {}
            runs = records.read(clone, self._remote)
        self._runs |= {run.number: run for run in runs}

    def _news(self, clone: Clone) -> Sequence[Run] | None:
        """The runs that have newer records; None where these are so many that all may be read."""
        numbers = records.numbers_since(clone, self._remote, self._tip)
        return records.read_some(clone, self._remote, numbers) if len(numbers) <= _FEW else None
