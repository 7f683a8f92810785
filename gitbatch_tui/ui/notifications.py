"""Notifies a person of runs that have ended or got stuck, except of the one on the screen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from gitbatch_tui.core.base.format import first_lines
from gitbatch_tui.core.base.text import one_line
from gitbatch_tui.core.runs.outcome import outcome
from gitbatch_tui.models import DOCTORS_BRANCH, Results, State
from gitbatch_tui.ui import present
from gitbatch_tui.ui.state import AppState

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from textual.notifications import SeverityLevel

    from gitbatch_tui.models import Run, RunKey

GATHERING = 1.0
"""Seconds in which runs that end get one message together."""
LISTED = 5
"""How many runs a toast names."""


class Teller(Protocol):
    """The ways to notify a person."""

    def tell(self, text: str, title: str = "", severity: SeverityLevel = "information") -> None: ...

    def bell(self) -> None: ...

    def tell_desktop(self, title: str, text: str) -> None:
        """Show a notification outside of the terminal, if the person isn't looking at it."""
        ...

    def is_looking_at(self, run: Run) -> bool:
        """True if a person sees this run on the screen, and needs no notification."""
        ...

    def set_timer(self, delay: float, callback: Callable[[], None]) -> object: ...


class Notifications:
    """Compares what is known with what was known before."""

    def __init__(self, teller: Teller) -> None:
        self.rings = False
        """Whether a person wants the terminal's bell."""
        self._teller = teller
        self._before = AppState()
        self._over: list[Run] = []
        self._expected: set[RunKey] = set()

    def expect(self, run: Run) -> None:
        """Note that a person hears otherwise of a run's being cancelled."""
        self._expected.add(run.key)

    def look(self, state: AppState) -> None:
        """Tell what has become of runs since the last look."""
        before, self._before = self._before, state
        for view in state.remotes:
            old = before.views.get(view.remote.name)
            if old and old.asked and old.runs is not view.runs:
                self._announce(_ended(old.runs, view.runs))
                for run in _stuck(old.runs, view.runs):
                    self._tell_of_stuck(run)

    def _announce(self, ended: Sequence[Run]) -> None:
        if ended and self.rings:
            self._teller.bell()
        ended = [run for run in ended if not self._is_expected(run)]
        unseen = [run for run in ended if not self._teller.is_looking_at(run)]
        if unseen and not self._over:
            self._teller.set_timer(GATHERING, self._tell_of_the_ended)
        self._over += unseen

    def _is_expected(self, run: Run) -> bool:
        return run.state is State.CANCELLED and run.key in self._expected

    def _tell_of_stuck(self, run: Run) -> None:
        words = f"{run.stuck}. Press c to remove what is left."
        self._teller.tell(words, present.named(run), "warning")

    def _tell_of_the_ended(self) -> None:
        runs, self._over = self._over, []
        good = all(run.state is State.SUCCEEDED for run in runs)
        severity: SeverityLevel = "information" if good else "warning"
        if len(runs) == 1:
            text, title = runs[0].subject or runs[0].branch, _words(runs[0])
            self._teller.tell(text, title, severity)
            self._teller.tell_desktop(title, text)
            return
        self._teller.tell_desktop(f"{len(runs)} runs have ended", ", ".join(map(_words, runs)))
        lines = [f"{_words(run)} · {one_line(run.subject or run.branch)}" for run in runs]
        text = "\n".join(first_lines(lines, LISTED))
        self._teller.tell(text, f"{len(runs)} runs have ended", severity)


def _ended(old: Sequence[Run], new: Sequence[Run]) -> list[Run]:
    ours = (run for run in old if not run.branch.startswith(DOCTORS_BRANCH))
    went_on = {run.number for run in ours if not _is_over(run)}
    return [run for run in new if _is_over(run) and run.number in went_on]


def _is_over(run: Run) -> bool:
    return run.state.final and run.results is not Results.ON_THEIR_WAY


def _stuck(old: Sequence[Run], new: Sequence[Run]) -> list[Run]:
    went_on = {run.number for run in old if not run.stuck}
    return [run for run in new if run.stuck and run.number in went_on]


def _words(run: Run) -> str:
    return f"{present.named(run)} {present.sign(run.state)} {outcome(run)}"
