"""A dialog that there is only something to read in; scrolls where it is longer than the screen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gitbatch_tui.ui.dialogs.dialog import Dialog

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.widget import Widget

SCROLL = ("j k g G", "scroll")


class Reading(Dialog[None]):
    """Says how to scroll where that makes sense."""

    own_keys: Sequence[tuple[str, str]] = ()
    """What other keys do."""

    def on_mount(self) -> None:
        self.watch(self._box, "virtual_size", self._say_keys)

    def on_resize(self) -> None:
        self.call_after_refresh(self._say_keys)

    def _say_keys(self) -> None:
        scroll = [SCROLL] if self._box.max_scroll_y else []
        self.show_keys([*self.own_keys, *scroll, ("esc", "close")])

    def key_j(self) -> None:
        self._box.scroll_down(animate=False)

    def key_k(self) -> None:
        self._box.scroll_up(animate=False)

    def key_g(self) -> None:
        self._box.scroll_home(animate=False)

    def key_upper_g(self) -> None:
        self._box.scroll_end(animate=False)

    @property
    def _box(self) -> Widget:
        return self.query_one("#dialog")
