"""Lines NAME=VALUE that can be edited; there is always an empty one below."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.binding import Binding
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import Input, Static

from gitbatch_tui.core.base.text import one_line
from gitbatch_tui.core.submit.questions import check_options
from gitbatch_tui.errors import Refused

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.app import ComposeResult
    from textual.binding import BindingType


class ParameterInput(Input):
    """One parameter."""

    def __init__(self, text: str = "") -> None:
        super().__init__(one_line(text), placeholder="NAME=VALUE", compact=True)


class Parameters(Vertical):
    """Parameters of a run, which schedule.sh gets as $GITBATCH_OPTION_NAME."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down", "step(1)", "next line", show=False),
        Binding("up", "step(-1)", "line before", show=False),
    ]

    @dataclass
    class Changed(Message):
        """Other parameters stand there now."""

        parameters: Parameters

    @dataclass
    class Done(Message):
        """Enter was pressed in a line."""

        parameters: Parameters

    def __init__(self, options: Sequence[str], whence: str) -> None:
        super().__init__(id="parameters")
        self._first = tuple(options)
        self._heading = f"Parameters{f', as of {whence}' if whence and options else ''}"
        self._wrong = Static(classes="-bad")
        self._wrong.display = False

    def compose(self) -> ComposeResult:
        yield Static(Content(one_line(self._heading)), classes="-label")
        for option in (*self._first, ""):
            yield ParameterInput(option)
        yield self._wrong

    @property
    def options(self) -> tuple[str, ...]:
        """Parameters as they are written there; empty lines don't count."""
        lines = (
            (line.value.strip() for line in self.query(ParameterInput))
            if self.is_mounted
            else self._first
        )
        return tuple(line for line in lines if line)

    @property
    def objection(self) -> str:
        """Sentence that says what is wrong with a line; empty where all are fine."""
        try:
            check_options(self.options)
        except Refused as refusal:
            return str(refusal).removeprefix("-o ")
        return ""

    def action_step(self, step: int) -> None:
        lines = list(self.query(ParameterInput))
        at = next((index for index, line in enumerate(lines) if line.has_focus), 0)
        lines[max(0, min(at + step, len(lines) - 1))].focus()

    @on(Input.Changed)
    def _note_change(self, event: Input.Changed) -> None:
        event.stop()
        if all(line.value for line in self.query(ParameterInput)):
            self.mount(ParameterInput(), before=self._wrong)
        self._wrong.update(Content(self.objection))
        self._wrong.display = bool(self.objection)
        self.post_message(self.Changed(self))

    @on(Input.Submitted)
    def _note_enter(self, event: Input.Submitted) -> None:
        event.stop()
        self.post_message(self.Done(self))
