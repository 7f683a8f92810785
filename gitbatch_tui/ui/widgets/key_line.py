"""The line at the bottom: the keys that matter here, which can also be clicked."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from rich.style import Style
from rich.text import Text
from textual.reactive import reactive
from textual.widget import Widget

from gitbatch_tui.ui.keys import KEYS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.app import RenderResult

Words = tuple[str, str, str]
"""A key as people read it, what it does in a word, and its action."""
ALWAYS = ("tab", "?", "ctrl+p", "esc")
"""The keys at the right, which stay where there is little room."""


class KeyWords(Widget):
    """Keys and what they do in a word."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"keyline--key"}

    note: reactive[str] = reactive("")
    """What is said instead, for a while."""

    def __init__(self, words: Sequence[Words] = ()) -> None:
        super().__init__()
        self._words = words

    @property
    def words(self) -> Sequence[Words]:
        """Keys that are shown, with their words and actions."""
        return self._words

    def render(self) -> RenderResult:
        if self.note:
            return Text(f" {self.note}", no_wrap=True, end="")
        left = self._line([words for words in self.words if words[0] not in ALWAYS])
        right = self._line([words for words in self.words if words[0] in ALWAYS])
        room = max(0, self.size.width - right.cell_len)
        left.truncate(room, overflow="ellipsis", pad=True)
        return left.append_text(right)

    def _line(self, keys: Sequence[Words]) -> Text:
        key_style = self.get_component_rich_style("keyline--key", partial=True)
        line = Text(no_wrap=True, end="")
        for shown, word, action in keys:
            click = Style(meta={"@click": action})
            line.append(f" {shown}", key_style + click)
            line.append(f" {word} ", click)
        return line


class KeyLine(KeyWords):
    """Those of the main screen, for the pane that has the focus."""

    pane: reactive[str] = reactive("runs")

    @property
    def words(self) -> Sequence[Words]:
        return [
            (key.shown, key.word, key.action if "." in key.action else f"screen.{key.action}")
            for key in KEYS
            if self.pane in key.line
        ]
