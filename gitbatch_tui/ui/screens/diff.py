"""Shows what differs between two commits: the files, and the lines of the selected one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.binding import Binding
from textual.content import Content
from textual.message import Message
from textual.widgets import Input

from gitbatch_tui.core.base.text import clean, one_line
from gitbatch_tui.core.diffs import table
from gitbatch_tui.core.diffs.files import Comparison
from gitbatch_tui.core.diffs.model import note
from gitbatch_tui.errors import GitBatchError
from gitbatch_tui.ui.panes.files import FilesPane
from gitbatch_tui.ui.screens.keyed import KeyedScreen
from gitbatch_tui.ui.widgets.diff import DiffView
from gitbatch_tui.ui.widgets.row_list import RowList
from gitbatch_tui.ui.widgets.text_input import TextInput

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.binding import BindingType

    from gitbatch_tui.core.diffs.model import DiffLine
    from gitbatch_tui.core.git.changed_files import FileChange
    from gitbatch_tui.core.git.repo import Clone


class DiffScreen(KeyedScreen):
    """The files between two commits of a clone, and a page for each."""

    CSS_PATH = "diff.tcss"
    NAMED = (
        ("t", "side by side", "screen.beside"),
        ("w", "wrap", "screen.wrap"),
        ("/", "search", "screen.search"),
        ("n N", "next", "screen.next"),
        ("y", "copy", "screen.copy"),
        ("tab", "pane", "app.focus_next"),
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "t", "beside", "side by side", tooltip="Old and new side by side, or in one column"
        ),
        Binding("w", "wrap", "wrap", tooltip="Whether long lines go on below"),
        Binding("slash", "search", "search", tooltip="Search the file that is shown"),
        Binding("n", "next", "next", tooltip="The next place that was found"),
        Binding("N", "previous", "previous", tooltip="The place before"),
        Binding("y", "copy", "copy", tooltip="Copy the plain-git command"),
    ]
    HELP_ON = "diff"
    HORIZONTAL_BREAKPOINTS = [(0, "-stacked"), (160, "-wide")]  # noqa: RUF012 # typed by textual

    @dataclass
    class Listed(Message):
        """The files that differ are known."""

        files: tuple[FileChange, ...]

    @dataclass
    class Read(Message):
        """Some lines of a page have come."""

        reading: Comparison
        change: FileChange
        lines: list[DiffLine]
        first: bool

    @dataclass
    class Ended(Message):
        """No more lines come; `trouble` says why, where there should have been more."""

        reading: Comparison
        trouble: str = ""

    def __init__(self, clone: Clone, old: str, new: str, title: str) -> None:
        super().__init__()
        self._between = (clone, old, new)
        self._reading = Comparison(*self._between)
        self._busy = False
        self.shown: FileChange | None = None
        """Whose lines are on the screen."""
        self.files = FilesPane()
        self.files.border_title = Content(one_line(title))
        self.view = DiffView(id="lines")
        self.needle = TextInput(id="needle", placeholder="search in this file", compact=True)

    def compose(self) -> ComposeResult:
        yield self.files
        yield self.view
        yield self.needle
        yield self.key_words()

    def on_mount(self) -> None:
        self.needle.cursor_blink = False
        self.files.focus()
        self._list(self._reading)

    def on_unmount(self) -> None:
        self._reading.stop()

    # Reading

    @work(thread=True, group="list")
    def _list(self, reading: Comparison) -> None:
        try:
            self.post_message(self.Listed(reading.files()))
        except GitBatchError as error:
            self.post_message(self.Ended(reading, str(error)))

    @work(thread=True, group="page")
    def _read(self, reading: Comparison, change: FileChange) -> None:
        trouble, first = "", True
        try:
            for lines in reading.page(change):
                self.post_message(self.Read(reading, change, lines, first))
                first = False
        except GitBatchError as error:
            trouble = str(error)
        self.post_message(self.Ended(reading, trouble))

    def on_diff_screen_listed(self, message: Listed) -> None:
        self.files.show_files(message.files)
        if len(message.files) == 1:
            self.view.focus()

    @on(RowList.Moved)
    def _open(self) -> None:
        """Read the page of the selected file, and nothing else any more."""
        self._reading.stop()
        self._reading = Comparison(*self._between)
        if change := self.files.selected:
            self._busy = True
            self._read(self._reading, change)
            self.set_timer(0.2, self._say_where)

    def on_diff_screen_read(self, message: Read) -> None:
        if message.reading is not self._reading:
            return
        if message.first:
            self.shown = message.change
            self.view.border_title = Content(message.change.name)
            self.view.show(message.lines, table=message.change.suffix in table.SUFFIXES)
        else:
            self.view.add(message.lines)
        self._say_where()

    def on_diff_screen_ended(self, message: Ended) -> None:
        if message.reading is not self._reading:
            return
        self._busy = False
        if message.trouble:
            self.view.add([note(clean(message.trouble))])
        self._say_where()

    def _say_where(self) -> None:
        words = [self.view.found.words]
        words += ["side by side"] if self.view.beside else []
        words += ["wrapped"] if self.view.wrap else []
        words += ["reading …"] if self._busy else []
        self.view.border_subtitle = Content(" · ".join(one_line(word) for word in words if word))

    # Keys

    @on(RowList.Opened)
    def _go_to_lines(self) -> None:
        self.view.focus()

    def action_beside(self) -> None:
        if self.view.sheet.table:
            self.tell("A table shows old and new in its cells: there are no two sides.", "warning")
            return
        self.view.set_beside(beside=not self.view.beside)
        self._say_where()

    def action_wrap(self) -> None:
        self.view.set_wrap(wrap=not self.view.wrap)
        self._say_where()

    def action_search(self) -> None:
        self.add_class("-searching")
        self.needle.value = ""
        self.needle.focus()

    @on(Input.Changed)
    def _find(self, event: Input.Changed) -> None:
        self.view.find(event.value)
        self._say_where()

    @on(Input.Submitted)
    def _found(self) -> None:
        self.remove_class("-searching")
        self.view.focus()
        if self.view.found.needle and not self.view.found.hits:
            self.tell(f"“{self.view.found.needle}” isn't in this file.", "warning")

    def action_next(self) -> None:
        self._go(1)

    def action_previous(self) -> None:
        self._go(-1)

    def _go(self, step: int) -> None:
        found = self.view.found
        if not found.hits:
            nowhere = f"“{found.needle}” isn't in this file."
            self.tell(
                nowhere if found.needle else "There is no search yet: press / first.", "warning"
            )
            return
        self.view.find_next(step)
        self._say_where()

    def action_copy(self) -> None:
        self.copy(self._reading.command(self.files.selected))

    def action_back(self) -> None:
        """Leave what was entered last: the search, then the screen."""
        if not self.has_class("-searching") and not self.view.found.needle:
            self.dismiss()
            return
        self.remove_class("-searching")
        self.view.find("")
        self.view.focus()
        self._say_where()
