"""Asks before something that is hard to undo: y or enter does it, n or esc doesn't.

What can't be undone at all takes y alone: enter is what a hand presses by itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding

from gitbatch_tui.ui.dialogs.dialog import Dialog, words

if TYPE_CHECKING:
    from collections.abc import Iterable

    from textual.binding import BindingType
    from textual.widget import Widget

    from gitbatch_tui.ui.sentences import Confirmation


class Confirm(Dialog[bool]):
    """Gives back True only where a person said yes."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "agree", "yes", show=False),
        Binding("enter", "accept", "yes", show=False),
        Binding("n", "leave", "no", show=False),
    ]

    def __init__(self, question: Confirmation) -> None:
        super().__init__()
        self.question = question
        yes = "y" if question.is_final else "y/enter"
        self.keys = ((yes, question.yes), ("n/esc", question.no))

    @property
    def heading(self) -> str:
        return self.question.heading

    def holds(self) -> Iterable[Widget]:
        first, *rest = self.question.paragraphs
        yield words(first)
        yield from (words(paragraph, "-then") for paragraph in rest)

    def action_accept(self) -> None:
        if self.question.is_final:
            words = f"This can't be undone: y does it ({self.question.yes})."
            self.app.notify(words, severity="warning", markup=False)
        else:
            self.action_agree()

    def action_agree(self) -> None:
        self.dismiss(True)

    def action_leave(self) -> None:
        self.dismiss(False)


class LoginQuestion(Confirm):
    """Ask whether to log in now; there is one of these at a time."""
