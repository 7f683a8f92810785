"""Shows what is in a file of a run, as far as it was read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding
from textual.content import Content
from textual.message import Message

from gitbatch_tui.core.base.text import one_line
from gitbatch_tui.core.browse.content import FIRST
from gitbatch_tui.ui.widgets.diff import DiffView

if TYPE_CHECKING:
    from textual.binding import BindingType

    from gitbatch_tui.core.browse.content import Look
    from gitbatch_tui.core.server.file_answers import Entry, FolderPage


class FileContent(DiffView):
    """Asks for more of a text where its end comes into sight, and where the file has grown."""

    # As among the rows: home, too, goes to the first line.
    BINDINGS: ClassVar[list[BindingType]] = [Binding("g", "screen.get", "get", show=False)]

    @dataclass
    class Wanted(Message):
        """A request for so many bytes of a file."""

        entry: Entry
        most: int

    @dataclass
    class Vanished(Message):
        """The file isn't there any more."""

        entry: Entry

    def __init__(self) -> None:
        super().__init__(id="content", alone=True)
        self.entry: Entry | None = None
        """The file that is shown."""
        self._look: Look | None = None
        self._is_asking = self._is_gone = False

    def on_mount(self) -> None:
        self.watch(self, "scroll_y", self._read_on, init=False)

    def show_look(self, entry: Entry, found: Look) -> None:
        """Show a file; the same one again from where it is looked at."""
        again = self.entry is not None and entry.path == self.entry.path
        self.entry, self._look = entry, found
        self._is_asking = self._is_gone = False
        show = self.show_again if again else self.show
        show(found.lines, table=found.table)
        self.border_title = Content(one_line(entry.path))
        self.border_subtitle = "more comes as you scroll" if found.more else ""

    def forget(self) -> None:
        """Show none."""
        self.entry = self._look = None
        self._is_asking = False

    def compare(self, folder: str, page: FolderPage) -> None:
        """Look whether the file that is shown has changed, by what its folder has now."""
        shown, found = self.entry, self._look
        if not shown or not found or shown.path.rpartition("/")[0] != folder:
            return
        now = next((entry for entry in page.entries if entry.path == shown.path), None)
        if now and now.size != shown.size:
            self._ask(now, found.read)
        elif not now and not page.more and not self._is_gone:
            self._is_gone = True
            self.border_subtitle = "it is not there any more"
            self.post_message(self.Vanished(shown))

    def _read_on(self) -> None:
        near = self.scroll_offset.y + 2 * self.size.height >= self.virtual_size.height
        if self.entry and self._look and self._look.more and near:
            self._ask(self.entry, 2 * self._look.read)

    def _ask(self, entry: Entry, most: int) -> None:
        if not self._is_asking:
            self._is_asking = True
            self.post_message(self.Wanted(entry, max(FIRST, most)))
