"""Takes turns: what opens above a dialog would take the keys that are meant for it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, TypeVar

from textual.app import App
from textual.screen import ModalScreen

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.screen import Screen

T = TypeVar("T")


class OneDialogApp(App[None]):
    """An app whose dialogs come one after the other."""

    def __init__(self) -> None:
        super().__init__()
        self._screen_changed = asyncio.Event()

    def on_mount(self) -> None:
        self.screen_change_signal.subscribe(self, self._note_screen, immediate=True)

    def _note_screen(self, _: object) -> None:
        self._screen_changed.set()
        self._screen_changed.clear()

    async def open(
        self, screen: Screen[T], closed: Callable[[T | None], None] | None = None
    ) -> None:
        """Show a screen when it is its turn; `closed` hears of its end."""
        await self.turn()
        await self.push_screen(screen, closed)

    async def answer(self, screen: Screen[T]) -> T | None:
        """Show a screen when it is its turn; returns what a person answers, None for esc."""
        await self.turn()
        return await self.push_screen_wait(screen)

    async def turn(self) -> None:
        """Wait until no dialog is open."""
        while isinstance(self.screen, ModalScreen):
            await self._screen_changed.wait()
