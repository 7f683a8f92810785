"""Says why there is nothing to show, and what to do next: a key for each way on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.content import Content
from textual.widgets import Static

from gitbatch_tui.ui.dialogs.dialog import Dialog, words

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from textual import events
    from textual.widget import Widget


class Advice(Dialog[str]):
    """Gives back the key that was pressed; None for esc."""

    keys = ()

    def __init__(self, heading: str, sentence: str, ways: Sequence[tuple[str, str]]) -> None:
        super().__init__()
        self._heading = heading
        self.sentence = sentence
        self.ways = ways

    @property
    def heading(self) -> str:
        return self._heading

    def holds(self) -> Iterable[Widget]:
        yield words(self.sentence)
        lines = [Content.assemble((f"{key:>6}", "bold $text-primary"), f"  {word}")
                 for key, word in self.ways]  # fmt: skip
        yield Static(Content("\n").join(lines), classes="-ways")

    def on_key(self, event: events.Key) -> None:
        key = event.key if len(event.key) > 1 else event.character
        if key in [way for way, _ in self.ways]:
            event.stop()
            self.close(key)
