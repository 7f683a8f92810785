"""Ways to go on, in words, of which one is chosen; or names, of which any number is."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, TypeVar

from textual import on
from textual.binding import Binding
from textual.content import Content
from textual.widgets import OptionList

from gitbatch_tui.core.base.text import one_line
from gitbatch_tui.ui.dialogs.dialog import Dialog, words

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from textual.binding import BindingType
    from textual.widget import Widget


T = TypeVar("T")


class ChoiceList(OptionList):
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
        self.ways = ChoiceList([text for text, _ in ways])

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


def _prompts(ways: Sequence[str]) -> list[Content]:
    return [Content(one_line(way)) for way in ways]


class ChooseSeveral(Dialog[tuple[str, ...]]):
    """Gives back the names that are chosen, in their order; space chooses, enter is the end."""

    SCROLLS = False
    BINDINGS: ClassVar[list[BindingType]] = [Binding("space", "tick", "choose", show=False)]
    keys = (("space", "choose"), ("enter", "show them"), ("esc", "leave"))

    def __init__(self, heading: str, names: Sequence[str], chosen: Iterable[str]) -> None:
        super().__init__()
        self._heading = heading
        self._names = names
        self._chosen = set(chosen)
        self._list = ChoiceList(self._ways())

    @property
    def heading(self) -> str:
        return self._heading

    def holds(self) -> Iterable[Widget]:
        yield self._list

    def action_tick(self) -> None:
        at = self._list.highlighted
        if at is not None:
            self._chosen ^= {self._names[at]}
            self._list.show_ways(self._ways())
            self._list.highlighted = at

    @on(OptionList.OptionSelected)
    def _take(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self.close(tuple(name for name in self._names if name in self._chosen))

    def _ways(self) -> list[str]:
        return [f"{'■' if name in self._chosen else '□'} {name}" for name in self._names]
