"""Runs a commit again, with its parameters or with others."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.binding import Binding

from gitbatch_tui.ui import present
from gitbatch_tui.ui.dialogs.dialog import Dialog, words
from gitbatch_tui.ui.dialogs.parameters import Parameters

if TYPE_CHECKING:
    from collections.abc import Iterable

    from textual.binding import BindingType
    from textual.widget import Widget

    from gitbatch_tui.models import Run


class RerunDialog(Dialog[tuple[str, ...]]):
    """Gives back the parameters of the new run."""

    AUTO_FOCUS = ""
    SCROLLS = False
    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter", "go", "run it again", show=False)]
    keys = (("enter", "run it again"), ("tab", "parameters"), ("esc", "leave"))

    def __init__(self, run: Run) -> None:
        super().__init__()
        self.run = run
        self.parameters = Parameters(run.options, run.name)

    @property
    def heading(self) -> str:
        return f"Run {self.run.name} again"

    def holds(self) -> Iterable[Widget]:
        yield words(present.run_title(self.run))
        yield words("The same commit, as a new run. Nothing is pushed, and its results move no "
                    "branch: p brings them.", "-then")  # fmt: skip
        yield self.parameters

    @on(Parameters.Done)
    def action_go(self) -> None:
        if self.parameters.objection:
            self.parameters.action_step(0)
        else:
            self.close(self.parameters.options)
