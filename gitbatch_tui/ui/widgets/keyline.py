"""The line at the bottom: the keys that matter here, which can also be clicked."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from rich.style import Style
from rich.text import Text
from textual.reactive import reactive
from textual.widget import Widget

from gitbatch_tui.ui.keys import KEYS

if TYPE_CHECKING:
    from textual.app import RenderResult


class KeyLine(Widget):
    """Keys and what they do in a word, for the pane that has the focus."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"keyline--key"}

    pane: reactive[str] = reactive("runs")

    def render(self) -> RenderResult:
        key_style = self.get_component_rich_style("keyline--key", partial=True)
        line = Text(no_wrap=True, end="")
        for key in KEYS:
            if self.pane in key.line:
                click = Style(
                    meta={"@click": ("screen." if "." not in key.action else "") + key.action}
                )
                line.append(f" {key.shown}", key_style + click)
                line.append(f" {key.word} ", click)
        return line
