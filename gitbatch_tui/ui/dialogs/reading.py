"""Dialogs to read; they scroll where the screen is too small, and some have keys for ways on."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding
from textual.content import Content
from textual.widgets import Static

from gitbatch_tui.ui.dialogs.dialog import Dialog, words

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from textual import events
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


class Advice(Dialog[str]):
    """Gives back the key that was pressed; None for esc."""

    keys = ()

    def __init__(self, heading: str, sentence: str, ways: Sequence[tuple[str, str]]) -> None:
        super().__init__()
        self._heading = heading
        self.sentence = sentence
        self.ways = ways

    @property
    def heading(self) -> str:
        return self._heading

    def holds(self) -> Iterable[Widget]:
        yield words(self.sentence)
        lines = [Content.assemble((f"{key:>6}", "bold $text-primary"), f"  {word}")
                 for key, word in self.ways]  # fmt: skip
        yield Static(Content("\n").join(lines), classes="-ways")

    def on_key(self, event: events.Key) -> None:
        key = event.key if len(event.key) > 1 else event.character
        if key in [way for way, _ in self.ways]:
            event.stop()
            self.close(key)
