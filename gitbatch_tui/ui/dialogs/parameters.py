"""Lines that can be edited: the parameters of a run, and those of a sweep."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.binding import Binding
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import Input, Static
from textual.widgets.input import Selection

from gitbatch_tui.core.base.text import one_line
from gitbatch_tui.core.submit.questions import check_options
from gitbatch_tui.errors import Refused
from gitbatch_tui.ui.widgets.text_input import TextInput

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual import events
    from textual.app import ComposeResult
    from textual.binding import BindingType

MOST_PASTED = 100
"""Lines that are taken of what is pasted; each is a field of its own, which takes its time."""


class LineInput(TextInput):
    """One line."""

    @dataclass
    class PastedMore(Message):
        """Lines that were pasted below the one that stands here now."""

        lines: Sequence[str]

    def __init__(self, text: str, placeholder: str) -> None:
        super().__init__(
            one_line(text), placeholder=placeholder, compact=True, select_on_focus=False
        )

    def on_focus(self) -> None:
        """Let what is typed take the place of the value, and the name stay."""
        self.selection = Selection(self.value.find("=") + 1, len(self.value))

    def on_paste(self, event: events.Paste) -> None:
        """Leave the first line to textual, which drops all others."""
        more = [line for line in map(one_line, event.text.splitlines()[1:]) if line.strip()]
        if len(more) < MOST_PASTED:
            self.post_message(self.PastedMore(more))
            return
        event.stop()
        event.prevent_default()
        words = f"{len(more) + 1:,} lines were pasted, which can't be meant: {MOST_PASTED} at most."
        self.app.notify(words, severity="warning")


class Lines(Vertical):
    """Lines that can be edited; there is always an empty one below."""

    PLACEHOLDER = ""
    # With priority, as tab: what is typed next is for that line, however soon it comes.
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down", "step(1)", "next line", show=False, priority=True),
        Binding("up", "step(-1)", "line before", show=False, priority=True),
    ]

    @dataclass
    class Changed(Message):
        """Something else stands there now."""

        lines: Lines

    @dataclass
    class Done(Message):
        """Enter was pressed in a line."""

        lines: Lines

    def __init__(self, heading: str, first: Sequence[str], *, id: str) -> None:  # noqa: A002  # textual's name
        super().__init__(id=id)
        self._first = tuple(first)
        self._as_given = {one_line(line).strip(): line for line in first}
        """Lines with what a field has no place for, such as a tab, by what stands there."""
        self._heading = heading
        self._said = Static()
        self._said.display = False

    def compose(self) -> ComposeResult:
        yield Static(Content(one_line(self._heading)), classes="-label")
        for line in (*self._first, ""):
            yield LineInput(line, self.PLACEHOLDER)
        yield self._said

    @property
    def lines(self) -> tuple[str, ...]:
        """Lines as they are written there; empty ones don't count."""
        lines = map(self._line_in, self.query(LineInput)) if self.is_mounted else self._first
        return tuple(line for line in lines if line)

    def _line_in(self, field: LineInput) -> str:
        written = field.value.strip()
        return self._as_given.get(written, written)

    def take_out(self, line: str) -> None:
        """Empty the line that says this."""
        for each in self.query(LineInput):
            if self._line_in(each) == line:
                each.value = ""
                return

    def put_in(self, *lines: str) -> None:
        """Write into empty lines, and into more below them."""
        empty = [each for each in self.query(LineInput) if not each.value]
        more = (*lines[len(empty) :], "") if len(lines) >= len(empty) else ()
        # Each would be looked at with all others.
        with self.prevent(Input.Changed):
            for each, line in zip(empty, lines, strict=False):
                each.value = line
            self.mount(*(LineInput(line, self.PLACEHOLDER) for line in more), before=self._said)
        self.post_message(self.Changed(self))

    def say(self, words: str, *, wrong: bool = False) -> None:
        """Say something below the lines; nothing for empty words."""
        self._said.update(Content(one_line(words)))
        self._said.display = bool(words)
        self._said.set_class(wrong, "-bad")

    async def action_step(self, step: int) -> None:
        """Go to another line, at once, so that what is typed next goes there."""
        if self.screen.focused:
            # It may still have to take what was typed before.
            taken = asyncio.Event()
            self.screen.focused.call_later(taken.set)
            await taken.wait()
        await self._keep_one_empty()
        lines = list(self.query(LineInput))
        at = next((index for index, line in enumerate(lines) if line.has_focus), 0)
        self.screen.set_focus(lines[max(0, min(at + step, len(lines) - 1))])

    def enter(self) -> None:
        """Go to the first line."""
        self.query(LineInput).first().focus()

    async def _keep_one_empty(self) -> None:
        if all(line.value for line in self.query(LineInput)):
            await self.mount(LineInput("", self.PLACEHOLDER), before=self._said)

    @on(LineInput.PastedMore)
    def _note_paste(self, event: LineInput.PastedMore) -> None:
        event.stop()
        self.put_in(*event.lines)

    @on(Input.Changed)
    async def _note_change(self, event: Input.Changed) -> None:
        event.stop()
        await self._keep_one_empty()
        self.post_message(self.Changed(self))

    @on(Input.Submitted)
    def _note_enter(self, event: Input.Submitted) -> None:
        event.stop()
        self.post_message(self.Done(self))


class Parameters(Lines):
    """Parameters of a run, which schedule.sh gets as $GITBATCH_OPTION_NAME."""

    PLACEHOLDER = "NAME=VALUE"

    def __init__(self, options: Sequence[str], whence: str) -> None:
        heading = f"Parameters{f', as of {whence}' if whence and options else ''}"
        super().__init__(heading, options, id="parameters")

    @property
    def options(self) -> tuple[str, ...]:
        """Parameters as they are written there."""
        return self.lines

    @property
    def objection(self) -> str:
        """Sentence that says what is wrong with a line; empty where all are fine."""
        try:
            check_options(self.options)
        except Refused as refusal:
            return str(refusal)
        return ""


class SweepLines(Lines):
    """Parameters of many runs, of which each gets values of its own."""

    PLACEHOLDER = "NAME=0.1,0.3,1 or NAME=1..9 or rows.csv or at most 4"

    def __init__(self) -> None:
        super().__init__("Sweep: a run for each combination", (), id="sweep")
