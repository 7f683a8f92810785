"""Offers places for a batch remote; a name and a folder that can be changed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.binding import Binding
from textual.widgets import Input, OptionList, Static

from gitbatch_tui.core.base.text import one_line
from gitbatch_tui.core.hosts.location import FORMS, Location
from gitbatch_tui.errors import BadLocation
from gitbatch_tui.ui.dialogs.choose import ChoiceList
from gitbatch_tui.ui.dialogs.dialog import Dialog, plain
from gitbatch_tui.ui.widgets.text_input import TextInput

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from textual.binding import BindingType
    from textual.widget import Widget

    from gitbatch_tui.core.setup.sites import ProposedSite


@dataclass(frozen=True)
class Chosen:
    """Place and name of a batch remote that is to be planned."""

    name: str
    location: Location
    profile: str
    scheduler: str


class SetupDialog(Dialog[Chosen]):
    """Gives back what was chosen, or written."""

    HEADING = "Add a batch remote"
    SCROLLS = False
    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter", "go", "show the plan", show=False)]
    keys = (("enter", "show the plan"), ("↑↓", "choose"), ("tab", "change it"), ("esc", "leave"))

    def __init__(self, places: Sequence[ProposedSite]) -> None:
        super().__init__()
        self.places = places
        self.ways = ChoiceList([f"{place.location:<40}  {place.words}" for place in places])
        self.name_line = TextInput(placeholder="NAME", compact=True)
        self.location_line = TextInput(placeholder=FORMS, compact=True)
        self._wrong = Static(classes="-bad")
        self._wrong.display = False

    def holds(self) -> Iterable[Widget]:
        yield self.ways
        yield Static("Name of the remote", classes="-label")
        yield self.name_line
        yield Static(
            "Folder, made where there is none: ~/path, or by ssh user@host:path", classes="-label"
        )
        yield self.location_line
        yield self._wrong

    def on_mount(self) -> None:
        self.ways.focus()

    @on(OptionList.OptionHighlighted)
    def _take_over(self, event: OptionList.OptionHighlighted) -> None:
        event.stop()
        place = self.places[event.option_index]
        self.name_line.value = one_line(place.name)
        self.location_line.value = one_line(place.location)

    @on(OptionList.OptionSelected)
    @on(Input.Submitted)
    def action_go(self) -> None:
        """Go on with what is written there."""
        try:
            location = Location.parse(self.location_line.value.strip())
        except BadLocation as error:
            self._wrong.update(plain(str(error)))
            self._wrong.display = True
            return
        at = self.ways.highlighted
        place = self.places[at] if at is not None else None
        same = place if place and place.location == str(location) else None
        profile, scheduler = (same.profile, same.scheduler) if same else ("", "")
        self.close(Chosen(self.name_line.value.strip(), location, profile, scheduler))
