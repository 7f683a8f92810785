"""Screens with keys of their own: the bottom line names some of them, and ? shows all."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding
from textual.screen import Screen

from gitbatch_tui.core.base.text import clean
from gitbatch_tui.ui.widgets.key_line import KeyWords

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.app import App
    from textual.binding import BindingType
    from textual.notifications import SeverityLevel

    from gitbatch_tui.ui.widgets.key_line import Words


class KeyedScreen(Screen[None]):
    """A screen that ? helps with, and that esc leaves by `action_back`."""

    app: App[object]
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("question_mark", "help", "help", tooltip="The keys of this screen"),
        Binding("escape,q", "back", "back", tooltip="Back"),
    ]
    NAMED: ClassVar[Sequence[Words]] = ()
    """The keys that are named at the bottom, and what a click on them does."""
    HELP_ON = ""
    """What `SCREENS` in `dialogs.help` calls its keys."""

    def key_words(self) -> KeyWords:
        """The line at the bottom."""
        always = (("?", "help", "screen.help"), ("esc", "back", "screen.back"))
        return KeyWords((*self.NAMED, *always))

    def tell(self, text: str, severity: SeverityLevel = "information") -> None:
        """Show a message; it may hold anything."""
        self.app.notify(clean(text), severity=severity, markup=False)

    def copy(self, text: str) -> None:
        """Put a text into the clipboard, and show which."""
        self.app.copy_to_clipboard(text)
        self.app.notify(clean(text), title="Copied", markup=False)

    def action_help(self) -> None:
        from gitbatch_tui.ui.dialogs.help import ScreenKeys  # noqa: PLC0415 # seldom needed

        self.app.push_screen(ScreenKeys(self.HELP_ON))
