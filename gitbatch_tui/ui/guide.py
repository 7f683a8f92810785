"""A line above the screen that says what to press next, until a first run's results were seen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.content import Content
from textual.widgets import Static

from gitbatch_tui.core.base.text import one_line
from gitbatch_tui.models import SWEEP, Results, State
from gitbatch_tui.ui.state import is_nameless

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gitbatch_tui.models import Run
    from gitbatch_tui.ui.state import AppState

ADD = "First, a place where it runs: press a for a batch remote, on this machine or behind ssh."
LOOK_ROUND = (
    "These runs were published on {origin}: l, d and v look at them. To run one again, press a "
    "for a batch remote of yours."
)
COMMIT = "There is no commit yet: press s to begin with a schedule.sh, or commit what you have."
BEGIN = "Press s, and then enter, to run the selected branch on {remote}."
_FOLLOW = "{name} {is_so}: press l to see its log grow, full screen; esc comes back."
_REJECTED = (
    "{name} {is_so}: schedule.sh failed, as its log says: l shows it. Fix it, commit, and press s."
)
_UNDONE = (
    "{name} {is_so}: l shows its log. Fix what is wrong, commit, and press s; x runs it again."
)
_NOTHING = "{name} {is_so} and left no results: l shows its log, full screen."
_PULL = "{name} has results, as a commit on the batch remote. Press p to pull them."
_SWEPT = "{name} goes on: enter on its row shows its runs, and M what they measure."
_BEST = "Runs of {name} have results: press p on its row, which offers the best of them."
_NONE_LEFT = (
    "{name} is over and left no results: enter on its row shows its runs, l the log of one."
)
_LOOK = "They are in your branch now. Press d to see what the run has changed."
_LAST = "diff"
END = "That is all. Everything else is under ? and ctrl+p; q leaves."


class Guide(Static):
    """Goes on with each step; hidden where nobody needs it."""

    def __init__(self, begin: str = BEGIN, *, needed: bool | None = None) -> None:
        """`begin` says how a first run is begun; None: it is needed where nothing was run yet."""
        super().__init__(id="guide")
        self._begin, self.needed, self._said = begin, needed, ""
        self.display = bool(needed)

    def look(self, state: AppState) -> None:
        """Say what to do next, as soon as it is known whether anybody needs that."""
        if self.needed is None and state.loaded and all(view.asked for view in state.remotes):
            self.needed = self.display = is_first(state)
        if self.needed:
            self._said = advice(state, self._begin)
            self.update(Content(one_line(self._said)))

    def ends_with(self, action: str) -> bool:
        """True if this action is the last step; the guide is hidden then."""
        if action != _LAST or not self.needed or self._said != _LOOK:
            return False
        self.needed = self.display = False
        return True


def is_first(state: AppState) -> bool:
    """Tell whether nothing was ever run from this clone, as far as it is known here."""
    return not state.begun and not any(next(view.runs_of_people, None) for view in state.own)


def advice(state: AppState, begin: str = BEGIN) -> str:
    """Say what to do next, by the state of the newest run."""
    own = {view.remote.name for view in state.own}
    run = next((run for run in state.runs() if run.remote in own and not is_nameless(run)), None)
    if run and run.sweep:
        sweep = (run.remote, run.sweep)
        return _about_sweep([each for each in state.runs() if (each.remote, each.sweep) == sweep])
    if run:
        return _about(run)
    if not own:
        published = next((view.remote.published for view in state.published), "")
        return LOOK_ROUND.format(origin=published) if published else ADD
    return begin.format(remote=state.own[0].remote.name) if state.branches else COMMIT


def _about(run: Run) -> str:
    if run.results is Results.WAITING:
        return _PULL.format(name=run.name)
    if run.results is Results.PULLED:
        return _LOOK
    if run.results is Results.UNLOCATED:
        return ""
    words = _FOLLOW
    if run.state is State.REJECTED:
        words = _REJECTED
    elif run.settled:
        words = _UNDONE if run.state.undone else _NOTHING
    return words.format(name=run.name, is_so=run.state.phrase)


def _about_sweep(runs: Sequence[Run]) -> str:
    results = {run.results for run in runs}
    if Results.PULLED in results:
        return _LOOK
    if Results.UNLOCATED in results:
        return ""
    words = _NONE_LEFT
    if not all(run.state.final for run in runs):
        words = _SWEPT
    elif Results.WAITING in results:
        words = _BEST
    return words.format(name=f"{SWEEP}{runs[0].sweep}")
