"""Says something that is too long for a toast."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gitbatch_tui.ui.dialogs.dialog import words
from gitbatch_tui.ui.dialogs.reading import Reading

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from textual.widget import Widget


class Notice(Reading):
    """Paragraphs to read."""

    def __init__(self, heading: str, paragraphs: Sequence[str]) -> None:
        super().__init__()
        self._heading = heading
        self._paragraphs = paragraphs

    @property
    def heading(self) -> str:
        return self._heading

    def holds(self) -> Iterable[Widget]:
        yield from (words(paragraph) for paragraph in self._paragraphs)
