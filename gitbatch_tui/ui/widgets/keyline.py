"""The line at the bottom: the keys that matter here, which can also be clicked."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from rich.style import Style
from rich.text import Text
from textual.reactive import reactive
from textual.widget import Widget

from gitbatch_tui.ui.keys import KEYS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from textual.app import RenderResult

    from gitbatch_tui.ui.keys import Key

ALWAYS = ("tab", "?", "ctrl+p")
"""The keys at the right, which stay where there is little room."""


class KeyLine(Widget):
    """Keys and what they do in a word, for the pane that has the focus."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"keyline--key"}

    pane: reactive[str] = reactive("runs")

    def render(self) -> RenderResult:
        here = [key for key in KEYS if self.pane in key.line]
        left = self._words(key for key in here if key.shown not in ALWAYS)
        right = self._words(key for key in here if key.shown in ALWAYS)
        room = max(0, self.size.width - right.cell_len)
        left.truncate(room, overflow="ellipsis", pad=True)
        return left.append_text(right)

    def _words(self, keys: Iterable[Key]) -> Text:
        key_style = self.get_component_rich_style("keyline--key", partial=True)
        line = Text(no_wrap=True, end="")
        for key in keys:
            action = key.action if "." in key.action else f"screen.{key.action}"
            click = Style(meta={"@click": action})
            line.append(f" {key.shown}", key_style + click)
            line.append(f" {key.word} ", click)
        return line
