"""The app: opens on a clone, and puts its deeds together."""

from __future__ import annotations

import gc
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from textual.app import SystemCommand

from gitbatch_tui.errors import GitBatchError
from gitbatch_tui.ui.deeds.announcing import Announcing
from gitbatch_tui.ui.deeds.base import local_clock
from gitbatch_tui.ui.deeds.doing import Doing
from gitbatch_tui.ui.deeds.welcoming import Welcoming
from gitbatch_tui.ui.keys import KEYS
from gitbatch_tui.ui.themes import DARK, LIGHT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime

    from textual.binding import BindingType
    from textual.screen import Screen

    from gitbatch_tui.core.watch.overview import StartupQuery

LATER = (
    "dialogs/ask.tcss",
    "dialogs/dialogs.tcss",
    "screens/diff.tcss",
    "screens/journal.tcss",
    "screens/log.tcss",
)
"""The styles of what isn't in the first picture."""


class GitBatchApp(Announcing, Doing, Welcoming):
    """The screen of one clone; each of its bases is a noun of deeds."""

    TITLE = "gitbatch"
    CSS_PATH = [  # noqa: RUF012  # as the base class declares it
        "app.tcss",
        "widgets/window.tcss",
        "screens/main.tcss",
    ]
    BINDINGS: ClassVar[list[BindingType]] = []

    def __init__(
        self,
        path: Path,
        beginning: StartupQuery | None = None,
        clock: Callable[[], datetime] = local_clock,
    ) -> None:
        super().__init__(path, clock)
        self._beginning = beginning
        self._trouble: GitBatchError | None = None
        self.register_theme(DARK)
        self.register_theme(LIGHT)
        known = self.memory.theme in self.available_themes
        self._begin_with(self.memory.theme if known else DARK.name)

    def _begin_with(self, theme: str) -> None:
        if not self.available_themes[theme].dark:
            self.theme = theme
            return
        # The styles haven't been read yet; setting a theme would have them read twice.
        self.set_reactive(GitBatchApp.theme, theme)
        self.stylesheet.set_variables(self.get_css_variables())

    def get_default_screen(self) -> Screen[Any]:
        return self.main

    def on_load(self) -> None:
        # Now, so that the first picture has everything in it.
        if self._beginning:
            self._take_beginning(self._beginning)

    def _take_beginning(self, beginning: StartupQuery) -> None:
        try:
            self.take_view(beginning.read(self.journaled))
        except GitBatchError as error:
            self._trouble = error

    def on_mount(self) -> None:
        self.theme_changed_signal.subscribe(self, self._remember_theme)
        if self._trouble:
            self.explain(self._trouble)
        elif self.board.loaded:
            self.call_after_refresh(self.attend_all)
        else:
            self.reread()
        self.call_after_refresh(self.check_config)
        self.call_after_refresh(self._prepare)

    def _prepare(self) -> None:
        """Do what no key should have to wait for, now that there is a first picture."""
        import gitbatch_tui.ui.screens.log  # noqa: F401, PLC0415

        for name in LATER:
            self.stylesheet.read(Path(__file__).parent / name)
        self.stylesheet.reparse()
        if not gc.isenabled():
            gc.freeze()
            gc.enable()

    def get_system_commands(self, screen: Screen[Any]) -> Iterable[SystemCommand]:  # noqa: ARG002
        for key in KEYS:
            if key.shown not in {"enter", "ctrl+p"}:
                yield SystemCommand(f"{key.word} ({key.shown})", key.help, self._doing(key.action))
        yield SystemCommand("theme", "Choose other colours", self.action_change_theme)

    def _doing(self, action: str) -> Callable[[], object]:
        return lambda: self.main.run_action(action)

    def _remember_theme(self, _: object) -> None:
        self.memory.remember(theme=self.theme)
