"""Offers ways to go on; enter takes the highlighted one."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from textual import on
from textual.widgets import OptionList

from gitbatch_tui.ui.dialogs.dialog import Dialog, words
from gitbatch_tui.ui.dialogs.ways import Ways

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from textual.widget import Widget

T = TypeVar("T")


class Choose(Dialog[T]):
    """Gives back what belongs to the way that was taken."""

    SCROLLS = False
    keys = (("enter", "do it"), ("↑↓", "choose"), ("esc", "leave"))

    def __init__(
        self, heading: str, ways: Sequence[tuple[str, T]], paragraphs: Sequence[str] = ()
    ) -> None:
        super().__init__()
        self._heading = heading
        self._paragraphs = paragraphs
        self.values = [value for _, value in ways]
        self.ways = Ways([text for text, _ in ways])

    @property
    def heading(self) -> str:
        return self._heading

    def holds(self) -> Iterable[Widget]:
        for paragraph in self._paragraphs:
            yield words(paragraph, "-before")
        yield self.ways

    @on(OptionList.OptionSelected)
    def _take(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self.close(self.values[event.option_index])
