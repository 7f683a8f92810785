"""Dialogs that there is only something to read in; they scroll where the screen is too small."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding

from gitbatch_tui.ui.dialogs.dialog import Dialog, words

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from textual.binding import BindingType
    from textual.widget import Widget

    from gitbatch_tui.errors import GitBatchError

SCROLL = ("j k g G", "scroll")


class Reading(Dialog[None]):
    """Says how to scroll where that makes sense."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("q", "leave", "close", show=False)]
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


class Notice(Reading):
    """Paragraphs, which are too long for a toast."""

    def __init__(self, heading: str, paragraphs: Sequence[str]) -> None:
        super().__init__()
        self._heading = heading
        self._paragraphs = paragraphs

    @property
    def heading(self) -> str:
        return self._heading

    def holds(self) -> Iterable[Widget]:
        yield from (words(paragraph) for paragraph in self._paragraphs)


class Trouble(Reading):
    """An error: one sentence that says what happened, and what programs said."""

    HEADING = "That didn't work"

    def __init__(self, error: GitBatchError) -> None:
        super().__init__()
        self.error = error

    def holds(self) -> Iterable[Widget]:
        yield words(str(self.error), "-bad")
        if self.error.detail:
            yield words(self.error.detail, "-said")
