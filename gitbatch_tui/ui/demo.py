"""The screen of the demo: a line says what to press next, and goes when all was seen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from textual.content import Content
from textual.widgets import Static

from gitbatch_tui.models import Results, State
from gitbatch_tui.ui.app import GitBatchApp
from gitbatch_tui.ui.state import is_nameless

if TYPE_CHECKING:
    from pathlib import Path

    from gitbatch_tui.models import Run

_BEGIN = "This is a small project on a batch remote of its own. Press s, and then enter, to run it."
_FOLLOW = "{name} is {state}: its log grows below; l shows it full screen, esc comes back."
_PULL = "{name} has results, as a commit on the batch remote. Press p to pull them."
_LOOK = "They are in your branch now. Press d to see what the run has changed."
_END = "That is all. Everything else is under ? and ctrl+p; q leaves, and the demo is removed."


def open_demo(project: Path) -> int:
    """Show the screen of the demo's project; the exit status."""
    app = DemoApp(project)
    app.run()
    return app.return_code or 0


class DemoApp(GitBatchApp):
    """Show the screen of a clone with a guide above it."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.guide = Static(Content(_BEGIN), id="guide")
        self._has_looked = False

    def on_mount(self) -> None:
        self.main.mount(self.guide, before=0)

    def show_state(self) -> None:
        super().show_state()
        if not self._has_looked:
            runs = [run for run in self.live.state.runs() if not is_nameless(run)]
            self.guide.update(Content(advice(runs[0] if runs else None)))

    def act(self, name: str, *arguments: Any) -> None:
        super().act(name, *arguments)
        if name == "diff":
            self._has_looked = True
            self.guide.display = False
            self.tell(_END, "The demo")


def advice(run: Run | None) -> str:
    """Say what to do next, where this is the newest run."""
    if run is None:
        return _BEGIN
    if run.results is Results.WAITING:
        return _PULL.format(name=run.name)
    if run.results is Results.PULLED:
        return _LOOK
    ended = run.settled and run.state is not State.SUCCEEDED
    again = " x runs it again." if ended else ""
    return _FOLLOW.format(name=run.name, state=run.state.value) + again
