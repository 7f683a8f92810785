"""The frame of every dialog: a title, what it holds, and a line of keys; esc leaves it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from textual.binding import Binding
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from gitbatch_tui.core.base.text import clean, one_line

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Iterable, Sequence

    from textual.app import ComposeResult
    from textual.binding import BindingType
    from textual.widget import Widget

    from gitbatch_tui.ui.dialogs.turn import OneDialogApp

T = TypeVar("T")


class Dialog(ModalScreen[T]):
    """Floats above a screen; `holds` says what is in it, `keys` what its keys do."""

    # With priority, keys that were pressed meanwhile are for where tab went to.
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "close", show=False),
        Binding("tab", "app.focus_next", "next", show=False, priority=True),
        Binding("shift+tab", "app.focus_previous", "previous", show=False, priority=True),
    ]
    CSS_PATH = "dialogs.tcss"
    HEADING = ""
    SCROLLS = True
    """Whether the box itself takes the keys that scroll."""
    keys: Sequence[tuple[str, str]] = (("esc", "close"),)

    def __init__(self) -> None:
        super().__init__()
        self._answers: list[T | None] = []

    def compose(self) -> ComposeResult:
        with VerticalScroll(id="dialog", can_focus=self.SCROLLS) as box:
            box.border_title = Content(one_line(self.heading))
            yield from self.holds()
        box.border_subtitle = key_words(self.keys)

    @property
    def heading(self) -> str:
        """The title; may contain text from outside."""
        return self.HEADING

    def holds(self) -> Iterable[Widget]:
        """Make the widgets of the dialog, from top to bottom."""
        raise NotImplementedError

    def action_leave(self) -> None:
        self.dismiss(None)

    def close(self, result: T | None = None) -> None:
        """Go, now or as soon as nothing is above it; a second time does nothing."""
        if self._answers or not self.is_attached:
            return
        self._answers.append(result)
        if self.is_active:
            self.dismiss(result)

    def on_screen_resume(self) -> None:
        # It may be told so twice, and has gone then.
        if self._answers and self.is_active:
            self.dismiss(self._answers[0])

    def show_heading(self) -> None:
        """Show the heading as it is by now."""
        self.query_one("#dialog").border_title = Content(one_line(self.heading))

    def show_keys(self, keys: Sequence[tuple[str, str]]) -> None:
        """Say what the keys do now."""
        self.keys = keys
        self.query_one("#dialog").border_subtitle = key_words(keys)


def words(text: str, classes: str = "") -> Static:
    """A paragraph that may contain text from outside: harmless, and no markup is read in it."""
    return Static(plain(text), classes=classes)


def plain(text: str) -> Content:
    """Text from outside, harmless, for a place that would read markup in a bare one."""
    return Content(clean(text))


def key_words(keys: Sequence[tuple[str, str]]) -> Content:
    """Keys and what they do, for the edge of a box."""
    parts = [Content.assemble((key, "bold"), f" {word}") for key, word in keys]
    return Content("  ").join(parts)


async def ask(
    app: OneDialogApp,
    dialog: Dialog[T],
    finding: Callable[[], Coroutine[Any, Any, None]] | None = None,
) -> T | None:
    """Return the answer of a person, None for esc; `finding` is done meanwhile, for the dialog.

    Where that fails, the dialog is closed, and the error raised.
    """
    if finding is None:
        return await app.answer(dialog)
    await app.turn()
    answer = asyncio.ensure_future(app.push_screen_wait(dialog))
    found = asyncio.ensure_future(finding())
    await asyncio.wait({answer, found}, return_when=asyncio.FIRST_COMPLETED)
    if answer.done():
        found.cancel()
    elif error := found.exception():
        dialog.close()
        raise error
    return await answer
