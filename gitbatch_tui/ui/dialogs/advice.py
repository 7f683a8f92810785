"""Says why there is nothing to show yet, and what to do next: a key for each way on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gitbatch_tui.ui.dialogs.dialog import Dialog, words

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from textual import events
    from textual.widget import Widget


class Advice(Dialog[str]):
    """Gives back the key that was pressed."""

    def __init__(self, heading: str, sentence: str, ways: Sequence[tuple[str, str]]) -> None:
        super().__init__()
        self._heading = heading
        self.sentence = sentence
        self.ways = ways
        self.keys = [(key, word.split(":")[0].lower()) for key, word in ways][:0]

    @property
    def heading(self) -> str:
        return self._heading

    def holds(self) -> Iterable[Widget]:
        yield words(self.sentence)
        yield words("\n".join(f"  {key}   {word}" for key, word in self.ways), "-ways")

    def on_key(self, event: events.Key) -> None:
        key = event.character or event.key
        if key in [way for way, _ in self.ways]:
            event.stop()
            self.dismiss(key)

    def action_leave(self) -> None:
        self.dismiss("esc")
