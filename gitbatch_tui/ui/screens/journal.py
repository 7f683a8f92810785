"""The commands that were run on a person's behalf, with their output and time."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING, Any, ClassVar

from textual.binding import Binding
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Static

from gitbatch_tui.core.base.journal import JournalEntry
from gitbatch_tui.core.base.text import clean, one_line
from gitbatch_tui.ui import present
from gitbatch_tui.ui.changes import is_change
from gitbatch_tui.ui.widgets.list_model import Cell, Column
from gitbatch_tui.ui.widgets.row_list import RowList

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Mapping, Sequence
    from datetime import datetime

    from textual.app import ComposeResult
    from textual.binding import BindingType

Item = tuple["datetime", JournalEntry]
TICK = 1.0
"""Seconds between looks at what has been run since."""


class CommandAdapter:
    """A command in a row."""

    hint = "Nothing was done yet: a shows what was asked, too."
    columns = (
        Column("time", "time", 8),
        Column("host", "host", 6, most=24, share=1),
        Column("status", "exit", 4, right=True),
        Column("took", "took", 7, right=True),
        Column("command", "command", 20, share=8),
    )

    def key(self, item: Item) -> Hashable:
        # Of a question that is asked again, only the last answer is kept: it is the same row.
        return item[1].host, item[1].command, item[1].status

    def cells(self, item: Item) -> Mapping[str, Cell]:
        when, entry = item
        good = entry.status == 0
        status = "-" if entry.status is None else str(entry.status)
        return {
            "time": Cell(f"{when.astimezone():%H:%M:%S}", "dim"),
            "host": Cell(entry.host),
            "status": Cell(status, "dim" if good or entry.status is None else "bad"),
            "took": Cell(f"{entry.seconds:.2f}s", "dim"),
            "command": Cell(present.command_words(entry.command)),
        }

    def words(self, item: Item) -> str:
        return f"{item[1].host} {' '.join(item[1].command)}"

    def order(self, column: str) -> Callable[[Item], Any]:  # noqa: ARG002  # its one order
        return lambda item: item[0]


class Entries(RowList[Item]):
    """The commands, the newest first."""

    is_all = False
    """Whether those are shown, too, that only asked how things are."""

    def caption(self) -> str:
        shown = "a only what was done" if self.is_all else "a also what was asked"
        return super().caption() or f"{shown}  / filter  esc back"


class JournalScreen(Screen[None]):
    """A list of commands, and what the selected one said."""

    CSS_PATH = "journal.tcss"

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,at", "dismiss", "back", show=False),
        Binding("slash", "filter", "filter", show=False),
        Binding("a", "all", "all", show=False),
    ]

    def __init__(self, items: Callable[[], Sequence[Item]]) -> None:
        super().__init__()
        self._items = items
        self._rows = Entries(CommandAdapter(), id="entries")
        self._said = Static()

    def compose(self) -> ComposeResult:
        self._rows.border_title = "Commands that did something"
        yield self._rows
        with VerticalScroll(id="said") as box:
            box.border_title = "What it said"
            yield self._said

    def on_mount(self) -> None:
        self._show_items(anew=True)
        self._show_selected()
        self.set_interval(TICK, self._show_items)

    def _show_items(self, *, anew: bool = False) -> None:
        """Show also what has ended since."""
        wanted = (item for item in self._items() if self._rows.is_all or is_change(item[1]))
        items = tuple(reversed([*wanted]))
        if anew or items[:1] != tuple(self._rows.model.models[:1]):
            self._rows.show(items)

    def action_all(self) -> None:
        """Show also the commands that only asked; or those that did something alone."""
        self._rows.is_all = not self._rows.is_all
        title = "All commands that were run" if self._rows.is_all else "Commands that did something"
        self._rows.border_title = title
        self._show_items(anew=True)
        self._show_selected()

    def action_filter(self) -> None:
        self._rows.start_filtering()

    def on_row_list_moved(self) -> None:
        self._show_selected()

    def _show_selected(self) -> None:
        item = self._rows.selected
        if item is None:
            self._said.update("")
            return
        entry = item[1]
        shown, script = _parts(entry.command)
        self._said.update(
            Content.assemble(
                (one_line(shown), "bold"),
                f"\n{clean(entry.output).rstrip()}",
                (f"\n\n{clean(script).rstrip()}" if script else "", "$foreground 60%"),
            )
        )


def _parts(command: Sequence[str]) -> tuple[str, str]:
    """Split a command: one line as a shell would take it, and the script that it stands for."""
    is_script = bool(command) and any(sign in command[0] for sign in " \n;|")
    values = command[1:] if is_script else command
    return shlex.join(values), command[0] if is_script else ""
