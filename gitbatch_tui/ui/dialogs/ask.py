"""Asks for one line of text at the bottom of the screen, without hiding what is above."""

from __future__ import annotations

import os
import re
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, Label

from gitbatch_tui.core.base.files import is_folder
from gitbatch_tui.core.base.text import clean, one_line
from gitbatch_tui.ui.widgets.text_input import TextInput

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.app import ComposeResult
    from textual.binding import BindingType


class AnswerInput(TextInput):
    """A line to type in, harmless also where something was pasted."""

    def validate_value(self, value: str) -> str:
        return one_line(value)


class Ask(ModalScreen[str | None]):
    """Gives back what was typed, or None after esc."""

    CSS_PATH = "ask.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "leave", "cancel", show=False)]

    def __init__(
        self,
        question: str,
        text: str = "",
        doubt: Callable[[str], str] = lambda _: "",
        *,
        may_be_empty: bool = False,
    ) -> None:
        """`doubt` may say why not; entering the same text again means: yes, all the same.

        An empty text is as good as esc, unless it may be empty.
        """
        super().__init__()
        self._question, self._text, self._doubt = question, text, doubt
        self._doubted: str | None = None
        self._may_be_empty = may_be_empty

    def compose(self) -> ComposeResult:
        with Vertical(id="ask"):
            yield Label(id="doubt")
            with Horizontal():
                yield Label(Content(one_line(self._question)), id="question")
                yield AnswerInput(self._text, id="answer", compact=True)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        text = event.value
        doubt = self._doubt(text) if text and text != self._doubted else ""
        if doubt:
            self._doubted = text
            self.query_one("#doubt", Label).update(Content(clean(doubt)))
            self.add_class("-doubtful")
        else:
            self.dismiss(text if text or self._may_be_empty else None)

    def on_input_changed(self, event: Input.Changed) -> None:
        event.stop()
        self.remove_class("-doubtful")

    def action_leave(self) -> None:
        self.dismiss(None)


def name_for(text: str) -> str:
    """Propose the name of a file: the text without what such a name had better not have in it."""
    return re.sub(r"[^\w.+-]+", "-", text)


def doubt_path(text: str) -> str:
    """Why not to write to a path at once; empty where nothing is there."""
    path = path_in(text)
    if is_folder(path):
        return f"{path} is a folder."
    return f"{path} is there already: enter again replaces it." if os.path.lexists(path) else ""


def path_in(text: str) -> Path:
    """The path that a person wrote; without a home of that name, `~name` is a name."""
    with suppress(RuntimeError):
        return Path(text).expanduser()
    return Path(text)
