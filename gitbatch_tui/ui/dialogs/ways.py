"""Ways to go on, in words, one of which is chosen."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding
from textual.content import Content
from textual.widgets import OptionList

from gitbatch_tui.core.base.text import one_line

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.binding import BindingType


class Ways(OptionList):
    """A short list; moves with arrows and with j and k."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j", "cursor_down", "down", show=False),
        Binding("k", "cursor_up", "up", show=False),
    ]

    def __init__(self, ways: Sequence[str] = ()) -> None:
        super().__init__(*_prompts(ways), compact=True)

    def show_ways(self, ways: Sequence[str]) -> None:
        """Offer others; nothing happens where they are the same."""
        prompts = _prompts(ways)
        if [option.prompt for option in self.options] != prompts:
            self.set_options(prompts)
            self.highlighted = 0 if prompts else None


def _prompts(ways: Sequence[str]) -> list[Content]:
    return [Content(one_line(way)) for way in ways]
