"""The line at the bottom: the keys that matter here, which can also be clicked."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from rich.style import Style
from rich.text import Text
from textual.reactive import reactive
from textual.widget import Widget

from gitbatch_tui.ui.able import can_act
from gitbatch_tui.ui.keys import ADD, KEYS

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from textual.app import RenderResult

    from gitbatch_tui.ui.keys import Key
    from gitbatch_tui.ui.state import Selection

Words = tuple[str, str, str]
"""A key as people read it, what it does in a word, and its action."""
ALWAYS = ("tab", "ctrl+p", "?", "esc")
"""The keys at the right; where there is little room, the last of these that there is stays."""


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
        left = [self._line([words]) for words in self.words if words[0] not in ALWAYS]
        always = {words[0]: self._line([words]) for words in self.words if words[0] in ALWAYS}
        # A key that is cut says nothing: it goes as a whole, those at the right but one first.
        for key in ALWAYS:
            if len(always) > 1 and _width(left) + _width(always.values()) > self.size.width:
                always.pop(key, None)
        right = [*always.values()]
        while left and _width(left) + _width(right) > self.size.width:
            left.pop()
        gap = " " * max(0, self.size.width - _width(left) - _width(right))
        return Text("", no_wrap=True, end="").join([*left, Text(gap), *right])

    def _line(self, keys: Sequence[Words]) -> Text:
        key_style = self.get_component_rich_style("keyline--key", partial=True)
        line = Text(no_wrap=True, end="")
        for shown, word, action in keys:
            click = Style(meta={"@click": action})
            line.append(f" {shown}", key_style + click)
            line.append(f" {word} ", click)
        return line


def _width(parts: Iterable[Text]) -> int:
    return sum(part.cell_len for part in parts)


class KeyLine(KeyWords):
    """Names the keys of the main screen that can act now, in the pane that has the focus."""

    keys: reactive[tuple[Key, ...]] = reactive(())

    def choose(self, chosen: Selection) -> None:
        """Show the keys for what is selected."""
        self.keys = tuple(key for key in KEYS if _is_named(key, chosen))

    @property
    def words(self) -> Sequence[Words]:
        return [
            (key.shown, key.word, key.action if "." in key.action else f"screen.{key.action}")
            for key in self.keys
        ]


def _is_named(key: Key, chosen: Selection) -> bool:
    if key.action == ADD and chosen.remote is None:
        return True
    return chosen.pane in key.line and can_act(key.action, chosen)
