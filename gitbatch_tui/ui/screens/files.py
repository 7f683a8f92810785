"""The files of a run: folders that open in place, and what is in one of the files."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.binding import Binding
from textual.containers import Container
from textual.content import Content
from textual.widgets import Static

from gitbatch_tui.core.base.text import clean, one_line
from gitbatch_tui.core.browse.content import FIRST
from gitbatch_tui.core.browse.outline import Outline
from gitbatch_tui.core.server.file_answers import EntryKind
from gitbatch_tui.errors import UnknownName
from gitbatch_tui.ui.panes.file_content import FileContent
from gitbatch_tui.ui.panes.run_tree import RunTreePane
from gitbatch_tui.ui.screens.keyed import KeyedScreen
from gitbatch_tui.ui.tree_reader import (
    Failed,
    FolderListed,
    Looked,
    LookedAgain,
    TreeOpened,
    TreeReader,
)
from gitbatch_tui.ui.widgets.row_list import RowList

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.app import ComposeResult
    from textual.binding import BindingType
    from textual.timer import Timer

    from gitbatch_tui.core.browse.trees import RunTree
    from gitbatch_tui.core.server.file_answers import Entry

PAUSE = 2.0
"""Seconds between looks at a run that goes on."""
_SHARE = 10
"""A look may take one part of so many of the time."""


class FilesScreen(KeyedScreen):
    """Reads a page of a folder when it is opened, and of a file no more than is shown."""

    CSS_PATH = "files.tcss"
    NAMED = (
        ("enter", "open", "screen.open"),
        ("g", "get", "screen.get"),
        ("y", "copy its address", "screen.copy"),
        ("/", "filter", "screen.filter"),
        ("r", "refresh", "screen.refresh_all"),
        ("tab", "pane", "app.focus_next"),
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("g", "get", "get", tooltip="Copy the file, or the folder, to here"),
        Binding("y", "copy", "copy", tooltip="Copy where it is, for scp and rsync"),
        Binding("slash", "filter", "filter", tooltip="Filter what is listed"),
        Binding("r", "refresh_all", "refresh", tooltip="Look again"),
        Binding("w", "wrap", "wrap", tooltip="Whether long lines go on below"),
    ]
    HELP_ON = "files"
    HORIZONTAL_BREAKPOINTS = [(0, "-stacked"), (160, "-wide")]  # noqa: RUF012 # typed by textual

    def __init__(
        self,
        title: str,
        open_tree: Callable[[], RunTree],
        goes_on: Callable[[], bool],
        get: Callable[[str], object],
    ) -> None:
        """`open_tree` asks the server, in a thread; `get` copies a path of the run tree."""
        super().__init__()
        self._goes_on, self._get = goes_on, get
        self._reader = TreeReader(open_tree, self.post_message)
        self._tree: RunTree | None = None
        self._timer: Timer | None = None
        self._is_last = False
        """Whether the look that goes on is the last one."""
        self._outline = Outline()
        self.rows = RunTreePane()
        self.rows.border_title = Content(one_line(title))
        self.content = FileContent()
        self._notice = Static(id="notice")

    def compose(self) -> ComposeResult:
        yield self._notice
        with Container(id="parts"):
            yield self.rows
            yield self.content
        yield self.key_words()

    def on_mount(self) -> None:
        self.rows.focus()
        self._in_thread(self._reader.begin)

    # What has come

    @on(TreeOpened)
    def _show_whose(self, message: TreeOpened) -> None:
        self._tree = message.tree
        if message.tree.notice:
            self._notice.update(Content(clean(message.tree.notice)))
            self._notice.add_class("-said")
        elif self._goes_on():
            self._wait(PAUSE)

    def _wait(self, seconds: float) -> None:
        if self._timer:
            self._timer.stop()
        self._timer = self.set_timer(seconds, self._keep_up)

    def _keep_up(self) -> None:
        """Look again; where the run has ended by now, for the last time."""
        self._is_last = not self._goes_on()
        self._list_again()

    @on(LookedAgain)
    def _rest(self, message: LookedAgain) -> None:
        if not self._is_last:
            self._wait(max(PAUSE, message.took * _SHARE))

    @on(FolderListed)
    def _show_folder(self, message: FolderListed) -> None:
        self._outline.take(message.path, message.page, anew=message.anew)
        self.rows.show_rows(self._outline.rows())
        self.content.compare(message.path, message.page)

    @on(Looked)
    def _show_file(self, message: Looked) -> None:
        self.content.show_look(message.entry, message.look)
        if not self.has_class("-looking"):
            self.add_class("-looking")
            self.content.focus()

    @on(FileContent.Vanished)
    def _say_gone(self, message: FileContent.Vanished) -> None:
        self.tell(
            f"{one_line(message.entry.path)} is not there any more: this is what it was.", "warning"
        )

    @on(Failed)
    def _show_trouble(self, message: Failed) -> None:
        if isinstance(message.error, UnknownName) and message.path:
            self._outline.forget(message.path)
            self.rows.show_rows(self._outline.rows())
        elif not self._tree:
            self.rows.say("They can't be read: r tries again.")
        self.tell(str(message.error), "warning")

    # Reading, in threads

    def _list(self, path: str, start: int = 0) -> None:
        self._in_thread(partial(self._reader.list_folder, path, start))

    def _list_again(self) -> None:
        folders = [(path, self._outline.read_so_far(path)) for path in self._outline.opened]
        self._in_thread(partial(self._reader.list_again, folders))

    @on(FileContent.Wanted)
    def _read(self, message: FileContent.Wanted) -> None:
        self._in_thread(partial(self._reader.look_into, message.entry, message.most))

    def _in_thread(self, work: Callable[[], None]) -> None:
        self.run_worker(work, thread=True)

    # Keys

    @on(RowList.Opened)
    def action_open(self) -> None:
        row = self.rows.selected
        if row is None:
            return
        path = row.entry.path
        if row.rest:
            self._list(row.path, self._outline.read_so_far(row.path))
        elif row.is_open:
            self._close(path)
        elif row.entry.kind is EntryKind.FOLDER:
            self._outline.open(path)
            self._list(path)
        elif row.entry.kind is EntryKind.OTHER:
            self.tell(
                "It is a pipe, a socket or a device: there is nothing to look into.", "warning"
            )
        else:
            self._look_into(row.entry)

    def _look_into(self, entry: Entry) -> None:
        shown = self.content.entry
        if shown and shown.path == entry.path:
            self.content.focus()
            return
        self._outline.open(entry.path)  # a link may lead to a folder
        self.remove_class("-looking")
        self._in_thread(partial(self._reader.look_into, entry, FIRST))

    def action_close(self) -> None:
        """Close the folder; or the one that the selected file is in."""
        row = self.rows.selected
        if row and (path := row.path if row.is_open else row.path.rpartition("/")[0]):
            self._close(path)

    def _close(self, path: str) -> None:
        self._outline.close(path)
        self.rows.show_rows(self._outline.rows())
        self.rows.select_key((path, False))

    def action_get(self) -> None:
        if row := self.rows.selected:
            self._get(row.path)

    def action_copy(self) -> None:
        if self._tree and (row := self.rows.selected):
            self.copy(self._tree.address(row.path))

    def action_filter(self) -> None:
        self.rows.focus()
        self.rows.start_filtering()

    def action_wrap(self) -> None:
        self.content.set_wrap(wrap=not self.content.wrap)

    def action_refresh_all(self) -> None:
        if self._tree:
            self._list_again()
        else:
            self._in_thread(self._reader.begin)

    def action_back(self) -> None:
        """Leave what was entered last: the filter, the file, the screen."""
        if self.rows.filter:
            self.rows.stop_filtering(keep=False)
        elif self.has_class("-looking"):
            self.remove_class("-looking")
            self.content.forget()
            self.rows.focus()
        else:
            self.dismiss()
