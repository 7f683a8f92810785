"""Names of which any number is chosen."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.binding import Binding
from textual.widgets import OptionList

from gitbatch_tui.ui.dialogs.choose import ChoiceList
from gitbatch_tui.ui.dialogs.dialog import Dialog

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from textual.binding import BindingType
    from textual.widget import Widget


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
