"""Runs commits again, with their parameters or with others, or a sweep of one of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding

from gitbatch_tui.core.base.format import first_lines
from gitbatch_tui.ui import present
from gitbatch_tui.ui.dialogs.dialog import words
from gitbatch_tui.ui.dialogs.start_runs import StartDialog
from gitbatch_tui.ui.sentences import LISTED

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from textual.binding import BindingType
    from textual.widget import Widget

    from gitbatch_tui.core.sweeps.plan import SweepPlan
    from gitbatch_tui.models import Run

_ALONE = (
    "The same commit, as a new run. Nothing is pushed, and its results move no branch: p brings "
    "them."
)
_SEVERAL = (
    "The same commits, as new runs, each with its own parameters, but for those that you write "
    "below. Nothing is pushed, and their results move no branch."
)


@dataclass(frozen=True)
class Again:
    """Run it again so."""

    options: tuple[str, ...]
    """Of one run, all of its parameters; of several, those that take the place of their own."""
    plan: SweepPlan | None


class RerunDialog(StartDialog[Again]):
    """Gives back the parameters of the new runs."""

    AUTO_FOCUS = ""
    SCROLLS = False
    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter", "go", "run it again", show=False)]
    keys = (("enter", "run it again"), ("tab", "parameters, sweep"), ("esc", "leave"))

    def __init__(self, runs: Sequence[Run], title: str, folder: Path) -> None:
        self.runs = runs
        self._title = title
        alone = len(runs) == 1
        super().__init__(runs[0].options if alone else (), runs[0].name if alone else "", folder)
        self.sweep.display = alone
        if not alone:
            self.keys = (self.keys[0], ("tab", "parameters"), self.keys[-1])

    @property
    def heading(self) -> str:
        return f"Run {self._title} again"

    @property
    def what(self) -> Run:
        return self.runs[0]

    def holds(self) -> Iterable[Widget]:
        titles = [present.run_title(run) for run in self.runs]
        yield words("\n".join(first_lines(titles, LISTED)))
        yield words(_ALONE if len(self.runs) == 1 else _SEVERAL, "-then")
        yield self.parameters
        yield self.sweep

    def action_go(self) -> None:
        if self.is_ready():
            self.close(Again(self.parameters.options, self.plan))
